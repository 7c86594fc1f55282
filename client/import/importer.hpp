#pragma once
// Moves what an import source yields into spaces: batches, one stream per space, receipts back to
// the ids they belong to. Blocks its caller and runs the event loop meanwhile. Thread: the
// connection's. Invariant: an id is acknowledged only after the node said that everything up to it
// is settled and did not refuse it.

#include "client/connection.hpp"
#include "client/import/record.hpp"
#include "client/import_stream.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace engram::client {

struct import_plan {
  std::string space; // empty: each item names its set
  client::durability durability = durability::quorum;
};

struct import_counts {
  std::uint64_t read = 0;                            // records of the input
  std::uint64_t acknowledged = 0;                    // memories that are durable
  std::uint64_t associations = 0;                    // these as well
  std::uint64_t known = 0;                           // of both, there before
  std::uint64_t refused = 0;                         // by the reader or the node
  std::map<std::string, std::uint64_t> unread_dates; // by form, digits written as 9
};

/// What the importer tells while it works. Calls come from the thread that runs it.
class import_listener {
public:
  virtual ~import_listener() = default;
  virtual base::result<void> acknowledged(const std::vector<std::string>& ids) = 0;
  virtual void refused(const std::string& place, const base::error& why) = 0;
  virtual void space_used(const std::string& set, const std::string& space, bool created) = 0;
  virtual void progressed(const import_counts& counts, double fraction) = 0;
};

class importer {
public:
  /// Resolves when the descriptor can be read; for sources that may wait.
  using readable = std::function<kj::Promise<void>(int descriptor)>;

  importer(connection node, kj::WaitScope& scope, import_plan plan, import_listener& listener,
           readable wait);
  ~importer();

  /// Reads the source to its end and waits until everything is settled. An error ends the work
  /// early (connection lost, input unreadable, stream refused); counts() tell what was done.
  base::result<void> run(import_source& source);
  const import_counts& counts() const noexcept { return counts_; }

private:
  struct lane;

  base::result<void> take(import_record record);
  base::result<lane*> lane_for(const import_item& item);
  base::result<void> add(lane& to, import_item item, std::string place);
  base::result<void> flush(lane& of);
  base::result<void> flush_all();
  base::result<void> flush_deferred();
  void tell(double input_read);
  base::result<void> open(lane& of);
  base::result<void> ensure_space(lane& of);
  void watch(lane& of);
  void settle(lane& of, const import_progress& seen);
  base::result<void> wait_for_room(lane& of);
  base::result<void> finish(lane& of);
  void refuse(const std::string& place, const base::error& why);

  connection node_;
  kj::WaitScope& scope_;
  import_plan plan_;
  import_listener& listener_;
  readable wait_;
  import_counts counts_;
  std::map<std::string, std::unique_ptr<lane>> lanes_; // by set
  std::map<std::string, std::string> set_of_space_;
  std::size_t pending_bytes_ = 0, deferred_bytes_ = 0;
  std::uint64_t stated_ = 0, passed_on_ = 0; // associations: read, and sent on
};

} // namespace engram::client
