// Concepts: a function of what a replica holds, so equal vectors have equal ones.
#include "jepsen/check/checkers.hpp"
#include "jepsen/check/reads.hpp"

#include <charconv>
#include <map>
#include <set>

namespace engram::jepsen {

namespace {

/// What may stand in a concept.
struct episodes {
  std::map<element, const operation*> remembered, hidden;

  explicit episodes(const std::vector<operation>& all) {
    for (const auto& each : all) {
      if (each.invoked->f == "remember") remembered[each.invoked->value.get<element>()] = &each;
      if (each.invoked->f == "hide" && each.is(op_type::ok))
        hidden[each.invoked->value.get<element>()] = &each;
    }
  }
};

element number_in(const std::string& id) {
  element number = -1;
  if (id.size() > 1) std::from_chars(id.data() + 1, id.data() + id.size(), number);
  return number;
}

std::string who(const operation& read) {
  return "node " + std::to_string(read.invoked->number("node", -1));
}

void check_cited(const operation& read, const episodes& of, verdict& to) {
  const bool is_final = read.invoked->flag("final");
  for (const auto& each : read.done->value.value("concepts", json::array())) {
    auto ids = each.value("cites", std::vector<std::string>{});
    ids.push_back(each.value("exemplar", ""));
    for (const auto& id : ids) {
      const auto by = of.remembered.find(number_in(id));
      if (by == of.remembered.end())
        to.blame("a concept cites " + id + ", which nobody remembered", {read.done->index});
      else if (by->second->is(op_type::fail))
        to.blame("a concept cites " + id + ", which was refused",
                 {last_index(*by->second), read.done->index});
      const auto hidden = of.hidden.find(number_in(id));
      if (is_final && hidden != of.hidden.end())
        to.blame("a concept cites " + id + " at " + who(read) + ", which was hidden",
                 {hidden->second->invoked->index, last_index(*hidden->second), read.done->index});
    }
  }
}

/// The first concept that only one of them has, or both have differently.
std::string difference(const json& a, const json& b) {
  const auto &left = a["concepts"], &right = b["concepts"];
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    if (i >= left.size() || i >= right.size()) return "one has more concepts";
    for (const auto& [field, value] : left[i].items())
      if (right[i].value(field, json()) != value)
        return "the " + field + " of concept " + std::to_string(i + 1);
  }
  return a["content"] == b["content"] ? "their counts" : "concepts that are not among the first";
}

} // namespace

verdict check_concepts(const history& of) {
  verdict to("concepts");
  const auto operations = pair(of);
  const episodes known(operations);
  std::map<std::string, const operation*> by_vector;
  const operation *last = nullptr, *most = nullptr;
  std::uint64_t answers = 0, compared = 0, made = 0, finals = 0;
  for (const auto& each : operations) {
    made += each.invoked->f == "consolidate" && each.is(op_type::ok);
    if (each.invoked->f != "concepts" || !each.is(op_type::ok)) continue;
    ++answers;
    const auto& value = each.done->value;
    check_cited(each, known, to);
    if (value["members"] > value["memories"])
      to.blame(who(each) + " has more memories in concepts than there are", {each.done->index});
    if (const auto vector = each.done->text("vector"); !vector.empty()) {
      const auto [first, fresh] = by_vector.try_emplace(vector, &each);
      compared += !fresh;
      if (!fresh && first->second->done->value != value)
        to.blame("equal vectors at " + who(*first->second) + " and " + who(each) +
                     " have different concepts: " + difference(first->second->done->value, value),
                 {first->second->done->index, each.done->index});
    }
    if (!each.invoked->flag("final")) continue;
    ++finals;
    most = &each;
    if (last && last->done->value != value)
      to.blame("in the end " + who(*last) + " and " + who(each) +
                   " have different concepts: " + difference(last->done->value, value),
               {last->done->index, each.done->index});
    last = &each;
  }
  if (finals == 0)
    to.doubt("no final read succeeded");
  else if (most->done->value["total"] == 0)
    to.doubt("no concept formed");
  else
    to.facts["concepts"] = most->done->value["total"];
  to.facts.update({{"answers", answers},
                   {"at_a_vector_seen_before", compared},
                   {"consolidations", made},
                   {"final_reads", finals}});
  return to;
}

} // namespace engram::jepsen
