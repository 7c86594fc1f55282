// Keys with values: registers (versions of one id), streams and counters.
#include "jepsen/check/checkers.hpp"
#include "jepsen/check/reads.hpp"

#include <map>
#include <set>

namespace engram::jepsen {

namespace {

struct written {
  std::map<std::string, const operation*> by_content;
};

/// The content's write, wherever it stands in `of`; null: nobody wrote it.
const operation* writer(const std::map<std::string, written>& of, const std::string& key,
                        const std::string& content) {
  const auto at = of.find(key);
  if (at == of.end()) return nullptr;
  const auto found = at->second.by_content.find(content);
  return found == at->second.by_content.end() ? nullptr : found->second;
}

} // namespace

verdict check_register(const history& of) {
  verdict to("register");
  const auto writes = pair(of, "write"), reads = pair(of, "read");
  std::map<std::string, written> all;
  std::uint64_t acked = 0, refused = 0, vanished = 0, siblings = 0;
  for (const auto& each : writes) {
    const auto& value = each.invoked->value;
    all[value[0].get<std::string>()].by_content[value[1].get<std::string>()] = &each;
    acked += each.is(op_type::ok);
    refused += each.is(op_type::fail);
  }
  std::set<std::string> told;
  std::uint64_t last = 0;
  for (const auto& each : reads) {
    if (!each.is(op_type::ok)) continue;
    const auto key = each.done->value[0].get<std::string>();
    const auto versions = each.done->value[1].get<std::vector<std::string>>();
    const std::set<std::string> found(versions.begin(), versions.end());
    if (found.size() != versions.size())
      to.blame("a version of " + key + " is there twice", {each.done->index});
    for (const auto& content : found) {
      const auto* by = writer(all, key, content);
      if ((by && !by->is(op_type::fail)) || !told.insert(key + content).second) continue;
      to.blame(key + (by ? " has a version that was refused" : " has a version from nowhere"),
               {by ? last_index(*by) : each.invoked->index, each.done->index});
    }
    if (!each.invoked->flag("final")) continue;
    ++last;
    siblings += found.size() > 1;
    for (const auto& [content, by] : all[key].by_content) {
      if (!by->is(op_type::ok) || found.contains(content)) continue;
      ++vanished;
      to.blame("an acknowledged version of " + key + " is gone at node " +
                   std::to_string(each.invoked->number("node", -1)),
               {by->invoked->index, last_index(*by), each.done->index});
    }
  }
  if (last == 0) to.doubt("no final read succeeded");
  to.facts.update({{"acknowledged", acked},
                   {"refused", refused},
                   {"vanished", vanished},
                   {"keys_with_versions", siblings}});
  return to;
}

verdict check_stream(const history& of) {
  verdict to("stream");
  const auto operations = pair(of);
  std::map<element, std::map<element, const operation*>> settled;     // stream -> number
  std::map<std::string, std::pair<element, const operation*>> tokens; // -> number settled then
  std::uint64_t sent = 0, judged = 0, looks = 0;
  for (const auto& each : operations) {
    if (each.invoked->f != "send") continue;
    ++sent;
    if (!each.is(op_type::ok)) continue;
    const auto last = each.done->value[2].get<element>();
    for (auto number = each.done->value[1].get<element>(); number <= last; ++number)
      settled[each.done->value[0].get<element>()][number] = &each;
    if (const auto token = each.done->text("token"); !token.empty()) tokens[token] = {last, &each};
  }
  const auto judge_look = [&](const operation& look, element stream,
                              const std::set<element>& found) {
    const auto token = tokens.find(look.invoked->text("after"));
    if (token == tokens.end()) return;
    ++looks;
    const auto& [upto, by] = token->second;
    for (const auto number : elements_of(look.invoked->value[1]))
      if (number <= upto && !found.contains(number))
        to.blame("stream " + std::to_string(stream) + ": with the token of " +
                     std::to_string(upto) + " node " +
                     std::to_string(look.invoked->number("node", -1)) + " lacks " +
                     std::to_string(number),
                 {by->invoked->index, last_index(*by), look.done->index});
  };
  for (const auto& each : operations) {
    const bool reads = each.invoked->f == "read" || each.invoked->f == "look";
    if (!reads || !each.is(op_type::ok)) continue;
    const auto stream = each.done->value[0].get<element>();
    const auto found = elements_of(each.done->value[1]);
    std::set<element> there;
    for (const auto number : found)
      if (!there.insert(number).second)
        to.blame("stream " + std::to_string(stream) + ": " + std::to_string(number) +
                     " took effect twice",
                 {each.done->index});
    if (each.invoked->f == "look") judge_look(each, stream, there);
    if (!each.invoked->flag("final")) continue;
    ++judged;
    for (const auto& [number, by] : settled[stream])
      if (!there.contains(number))
        to.blame("stream " + std::to_string(stream) + ": " + std::to_string(number) + " is lost",
                 {by->invoked->index, last_index(*by), each.done->index});
  }
  if (judged == 0) to.doubt("no final read succeeded");
  to.facts.update({{"sent", sent}, {"final_reads", judged}, {"reads_with_token", looks}});
  return to;
}

verdict check_counter(const history& of) {
  verdict to("counter");
  const auto accesses = pair(of, "access");
  std::map<std::string, std::map<std::int64_t, std::uint64_t>> last; // key -> count -> a line
  std::map<std::string, std::int64_t> sure;
  for (const auto& each : accesses)
    if (each.is(op_type::ok)) ++sure[each.invoked->value.get<std::string>()];
  std::uint64_t judged = 0;
  for (const auto& each : pair(of, "read")) {
    if (!each.is(op_type::ok)) continue;
    const auto key = each.done->value[0].get<std::string>();
    const auto count = each.done->value[1].get<std::int64_t>();
    std::int64_t most = 0;
    for (const auto& access : accesses)
      most += access.invoked->value == key && !access.is(op_type::fail) &&
              access.began() < each.done->time;
    ++judged;
    if (count < 0 || count > most)
      to.blame(key + " was accessed at most " + std::to_string(most) + " times, and counts " +
                   std::to_string(count),
               {each.done->index});
    if (each.invoked->flag("final")) last[key][count] = each.done->index;
  }
  std::int64_t counted = 0, asked = 0;
  for (const auto& [key, counts] : last) {
    if (counts.size() > 1)
      to.blame(key + " counts differently at different nodes",
               {counts.begin()->second, counts.rbegin()->second});
    counted += counts.rbegin()->first;
    asked += sure[key];
  }
  if (last.empty()) to.doubt("no final read succeeded");
  to.facts.update({{"accesses", asked}, {"counted", counted}, {"reads", judged}});
  return to;
}

} // namespace engram::jepsen
