#include "tests/simulation/trace.hpp"

namespace engram::simulation {
namespace {

using namespace storage; // NOLINT

std::string brief(const base::hash128& value) { return value.hex().substr(0, 4); }

struct teller {
  std::string operator()(const message::digests&) const { return "digests"; }
  std::string operator()(const message::vector& m) const {
    return std::string{"vector"} + (m.answer ? " answer" : "") + (m.stray ? " stray" : "") +
           describe(m.held);
  }
  std::string operator()(const message::pull& m) const {
    return "pull " + brief(m.origin.value) + " from " + std::to_string(m.from) +
           (m.headers_only ? " headers" : "");
  }
  std::string operator()(const message::entries& m) const {
    std::string out = "entries " + brief(m.origin.value);
    if (m.pulled) out += " pulled";
    if (m.trimmed) out += " trimmed";
    if (m.headers_only) out += " headers";
    for (const auto& item : m.items)
      out += " " + std::to_string(item.header.sequence) + "/" + brief(item.header.running);
    return out;
  }
  std::string operator()(const message::acknowledgement& m) const {
    return "ack " + brief(m.origin.value) + " " + std::to_string(m.mark.sequence);
  }
  std::string operator()(const message::fork_notice& m) const {
    return "fork " + brief(m.origin.value) + " at " + std::to_string(m.sequence);
  }
  std::string operator()(const message::snapshot_request& m) const {
    return "snapshot request " + brief(m.session) + describe(m.held);
  }
  std::string operator()(const message::snapshot_offer& m) const {
    std::string out = "snapshot offer " + brief(m.session) + describe(m.covers) + " doubtful";
    for (const auto& origin : m.doubtful) out += " " + brief(origin.value);
    return out;
  }
  std::string operator()(const message::snapshot_chunk& m) const {
    return "snapshot chunk " + brief(m.session) + " items " + std::to_string(m.items.size()) +
           (m.done ? " done" : "") + (m.ended ? " ended" : "");
  }
  std::string operator()(const message::state_hashes&) const { return "state hashes"; }
};

} // namespace

std::string describe(const log_vector& vector) {
  std::string out;
  for (const auto& [origin, mark] : vector.marks())
    out +=
        " " + brief(origin.value) + "=" + std::to_string(mark.sequence) + "/" + brief(mark.running);
  return out;
}

std::string describe(const message::any& what) {
  const auto space = std::visit(
      [](const auto& m) {
        if constexpr (requires { m.space; }) return brief(m.space.value) + " ";
        return std::string{};
      },
      what);
  return space + std::visit(teller{}, what);
}

} // namespace engram::simulation
