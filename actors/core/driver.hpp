#pragma once
// Carries out what coordinators decide, over the ports: net (exchange) and clock. The same code
// runs in a node, where answers come from many threads, and in the simulator, where they come from
// one.
//
// Invariant: every query ends exactly once: with its answer, its error, or at its deadline.

#include "actors/core/exchange.hpp"
#include "actors/core/router.hpp"

#include <map>
#include <mutex>

namespace engram::actors {

class driver {
public:
  driver(const base::clock& clock, exchange& net) : clock_(clock), net_(net) {}

  /// Asks one space. The answer's coverage says whom it took.
  void run(const route& to, std::shared_ptr<ask> what, base::duration deadline, reply<answer> done);

  struct part {
    route to;
    std::shared_ptr<ask> what;
  };
  struct outcome {
    base::result<answer> got;
    std::uint32_t replicas_asked = 0;
  };
  /// Asks several spaces at once: one outcome each, in their order, at the deadline at the latest.
  /// All parts are reads, or there is one.
  void run_all(std::vector<part> parts, base::duration deadline,
               std::function<void(std::vector<outcome>)> done);

  /// Ends what is over its deadline.
  void tick();
  /// Ends everything that is under way, as at its deadline.
  void close();
  std::size_t under_way() const;

private:
  struct query;

  void tick_at(nanoseconds now);
  void carry_out(const std::shared_ptr<query>& q, const scatter::actions& actions);
  void take(const std::shared_ptr<query>& q, const scatter::ask& asked, base::result<answer> got);
  void finish(const std::shared_ptr<query>& q);

  const base::clock& clock_;
  exchange& net_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<query>> live_;
  std::uint64_t last_ = 0;
};

} // namespace engram::actors
