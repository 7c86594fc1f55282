#include "node/net/services.hpp"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace engram::node {

namespace {

constexpr int WAIT_S = 1, TRIES = 2;
constexpr std::size_t ANSWER_BYTES_MAX = 65'536;
constexpr std::size_t FIXED_BYTES = 6; // priority, weight, port; the target follows

class resolver_state {
public:
  resolver_state() : is_open_(res_ninit(&state_) == 0) {}
  ~resolver_state() {
    if (is_open_) res_nclose(&state_);
  }
  resolver_state(const resolver_state&) = delete;
  resolver_state& operator=(const resolver_state&) = delete;

  bool is_open() const { return is_open_; }
  res_state get() { return &state_; }
  void ask(const address& server) {
    state_.nscount = 1;
    state_.nsaddr_list[0].sin_family = AF_INET;
    state_.nsaddr_list[0].sin_port = htons(server.port);
    inet_pton(AF_INET, server.host.c_str(), &state_.nsaddr_list[0].sin_addr);
  }

private:
  struct __res_state state_ = {};
  bool is_open_;
};

struct service {
  std::uint16_t priority = 0, weight = 0;
  address at;
};

/// Nothing: another kind of record, or one that says "no such service here".
std::optional<service> read_record(ns_msg& answer, int index) {
  ns_rr record;
  if (ns_parserr(&answer, ns_s_an, index, &record) != 0 || ns_rr_type(record) != ns_t_srv ||
      ns_rr_rdlen(record) <= FIXED_BYTES)
    return {};
  const auto* data = ns_rr_rdata(record);
  std::array<char, NS_MAXDNAME> target{};
  if (dn_expand(ns_msg_base(answer), ns_msg_end(answer), data + FIXED_BYTES, target.data(),
                target.size()) < 0)
    return {};
  service out;
  out.priority = static_cast<std::uint16_t>(ns_get16(data));
  out.weight = static_cast<std::uint16_t>(ns_get16(data + 2));
  out.at = {target.data(), static_cast<std::uint16_t>(ns_get16(data + 4))};
  if (out.at.host.empty() || out.at.host == "." || out.at.port == 0) return {};
  return out;
}

} // namespace

base::result<std::vector<address>> services_of(const std::string& name,
                                               const std::optional<address>& server) {
  const auto failed = [&name](const char* why) {
    return base::error{base::errc::unavailable, "services of " + name + ": " + why};
  };
  resolver_state resolver;
  if (!resolver.is_open()) return failed("no resolver");
  resolver.get()->retrans = WAIT_S;
  resolver.get()->retry = TRIES;
  if (server) resolver.ask(*server);
  std::vector<unsigned char> bytes(ANSWER_BYTES_MAX);
  const int size = res_nquery(resolver.get(), name.c_str(), ns_c_in, ns_t_srv, bytes.data(),
                              static_cast<int>(bytes.size()));
  if (size < 0) return failed("no answer, or no such name");
  ns_msg answer;
  if (ns_initparse(bytes.data(), size, &answer) != 0)
    return failed("an answer that makes no sense");

  std::vector<service> found;
  for (int i = 0; i < ns_msg_count(answer, ns_s_an); ++i)
    if (auto one = read_record(answer, i)) found.push_back(*std::move(one));
  if (found.empty()) return failed("none");
  std::sort(found.begin(), found.end(), [](const service& a, const service& b) {
    return std::tuple(a.priority, -a.weight, a.at.text()) <
           std::tuple(b.priority, -b.weight, b.at.text());
  });
  std::vector<address> out;
  for (auto& each : found) out.push_back(std::move(each.at));
  return out;
}

} // namespace engram::node
