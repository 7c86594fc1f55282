// Tokens: a read that gives one back sees what the operation that yielded it wrote or saw.
#include "jepsen/check/checkers.hpp"
#include "jepsen/check/reads.hpp"

#include <map>
#include <set>

namespace engram::jepsen {

namespace {

struct promise_of_token {
  std::set<element> seen;
  std::uint64_t by = 0; // index of the line that yielded it
  bool by_write = false;
};

} // namespace

verdict check_session(const history& of) {
  verdict to("session");
  std::map<std::string, promise_of_token> promised;
  std::uint64_t judged = 0, violated = 0;
  const auto operations = pair(of);
  for (const auto& each : operations) { // first all promises: a token is given back later
    if (!each.is(op_type::ok) || each.done->text("token").empty()) continue;
    auto& token = promised[each.done->text("token")];
    const bool wrote = each.invoked->f == "write";
    if (wrote)
      token.seen.insert(each.invoked->value.get<element>());
    else
      for (const auto found : elements_of(each.done->value)) token.seen.insert(found);
    token.by = each.done->index;
    token.by_write = token.by_write || wrote;
  }
  for (const auto& each : operations) {
    const auto after = promised.find(each.invoked->text("after"));
    if (each.invoked->f != "read" || !each.is(op_type::ok) || after == promised.end()) continue;
    ++judged;
    const auto found = elements_of(each.done->value);
    const std::set<element> got(found.begin(), found.end());
    for (const auto asked : elements_of(each.invoked->value)) {
      if (!after->second.seen.contains(asked) || got.contains(asked)) continue;
      ++violated;
      to.blame((after->second.by_write ? "a session does not read its write "
                                       : "a session no longer reads ") +
                   std::to_string(asked) + " at node " +
                   std::to_string(each.invoked->number("node", -1)),
               {after->second.by, each.invoked->index, each.done->index});
    }
  }
  if (judged == 0) to.doubt("no read gave a token back");
  to.facts.update({{"reads_with_token", judged}, {"violations", violated}});
  return to;
}

} // namespace engram::jepsen
