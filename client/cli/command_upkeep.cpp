// engram cluster plan, repair, upgrade.

#include "client/cli/cluster_view.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/words.hpp"

#include <algorithm>
#include <iostream>
#include <set>

namespace engram::client {

namespace {

constexpr base::duration LOOK_AGAIN{1'000};
constexpr std::size_t MOVES_SHOWN = 20;

base::result<topology_change> change_of(const cluster_plan_arguments& asked,
                                        const cluster_info& seen) {
  using kind = topology_change::kind;
  topology_change out;
  if (asked.join > 0) {
    out.newcomers = asked.join;
    return out;
  }
  out.what = !asked.leave.empty()          ? kind::leave
             : !asked.decommission.empty() ? kind::decommission
                                           : kind::replace;
  const auto& name = !asked.leave.empty()          ? asked.leave
                     : !asked.decommission.empty() ? asked.decommission
                                                   : asked.replace;
  TRY_ASSIGN(const auto member, named_member(seen, name));
  out.member = member.store;
  return out;
}

std::string name_of_store(const std::string& store, const cluster_info& seen) {
  const auto* member = find_member(seen, store);
  return member != nullptr ? member->address : "store " + store.substr(0, 12);
}

std::string move_text(const planned_move& move, const cluster_info& seen) {
  const auto to = move.newcomer > 0 ? "new member " + std::to_string(move.newcomer)
                                    : name_of_store(move.to, seen);
  auto made = move.space + "  to " + to;
  if (!move.from.empty()) made += ", in place of " + name_of_store(move.from, seen);
  if (!move.known) return made + "  size not known";
  return made + "  " + plural(move.entries, "entry", "entries") + ", " + bytes_text(move.bytes);
}

void print_plan(const topology_plan& plan, const cluster_info& seen, const shell& in) {
  if (!plan.refusal.empty())
    in.out() << in.styled(style::bad, "it would be refused: " + plan.refusal) << '\n';
  in.out() << plural(plan.moves.size(), "replica", "replicas") << " of "
           << plural(plan.spaces, "space", "spaces")
           << " would be copied: " << plural(plan.entries, "entry", "entries") << ", about "
           << bytes_text(plan.bytes);
  if (plan.bytes_per_second > 0)
    in.out() << ", at least " << duration_text(plan.time) << " at "
             << bytes_text(plan.bytes_per_second) << " a second";
  in.out() << '\n';
  for (std::size_t i = 0; i < std::min(plan.moves.size(), MOVES_SHOWN); ++i)
    in.out() << "  " << move_text(plan.moves[i], seen) << '\n';
  if (plan.moves.size() > MOVES_SHOWN)
    in.out() << "  and " << count_text(plan.moves.size() - MOVES_SHOWN) << " more (--json)\n";
}

void append_plan(const topology_plan& plan, json_writer& w) {
  w.begin_object().field("refusal", plan.refusal).key("spaces").natural(plan.spaces);
  w.key("entries").natural(plan.entries).key("bytes").natural(plan.bytes);
  w.key("bytes_per_s").natural(plan.bytes_per_second).key("ms").integer(plan.time.count());
  w.key("moves").begin_array();
  for (const planned_move& each : plan.moves) {
    w.begin_object().field("space", each.space);
    if (!each.from.empty()) w.field("from", each.from);
    if (!each.to.empty()) w.field("to", each.to);
    if (each.newcomer > 0) w.key("newcomer").natural(each.newcomer);
    if (each.known) w.key("entries").natural(each.entries).key("bytes").natural(each.bytes);
    w.end_object();
  }
  w.end_array().end_object();
}

// -- repair --

std::string_view name_of(copy_verdict verdict) {
  switch (verdict) {
  case copy_verdict::good:
    return "good";
  case copy_verdict::behind:
    return "behind";
  case copy_verdict::damaged:
    return "damaged";
  case copy_verdict::diverged:
    return "diverged";
  case copy_verdict::rebuilding:
    return "rebuilding";
  case copy_verdict::unreachable:
    return "unreachable";
  case copy_verdict::unsettled:
    break;
  }
  return "unsettled";
}

bool is_good(const space_comparison& space) {
  return std::all_of(space.copies.begin(), space.copies.end(),
                     [](const compared_copy& copy) { return copy.verdict == copy_verdict::good; });
}

/// Time alone may mend it.
bool is_under_way(const space_comparison& space) {
  return std::any_of(space.copies.begin(), space.copies.end(), [](const compared_copy& copy) {
    return copy.verdict == copy_verdict::rebuilding || copy.verdict == copy_verdict::behind ||
           copy.verdict == copy_verdict::diverged || copy.verdict == copy_verdict::damaged;
  });
}

std::string copy_text(const compared_copy& copy, const cluster_info& seen) {
  std::string made = name_of_store(copy.store, seen) + "  " + std::string(name_of(copy.verdict));
  if (copy.differing > 0) made += ", " + plural(copy.differing, "bucket", "buckets") + " of 1,024";
  if (!copy.detail.empty()) made += ": " + copy.detail;
  return made;
}

void print_comparison(const space_comparison& space, bool mended, const cluster_info& seen,
                      const shell& in) {
  const bool good = is_good(space);
  in.out() << in.styled(style::bold, space.space) << "  "
           << plural(space.copies.size(), "copy", "copies") << " compared, "
           << in.styled(good ? style::good : style::bad,
                        good ? (mended ? "mended" : "all good") : "not all good")
           << '\n';
  if (good) return;
  for (const compared_copy& copy : space.copies) in.out() << "  " << copy_text(copy, seen) << '\n';
}

void append_comparisons(const std::vector<space_comparison>& found,
                        const std::set<std::string>& bad_before, json_writer& w) {
  w.begin_array();
  for (const space_comparison& space : found) {
    w.begin_object().field("space", space.space).key("good").boolean(is_good(space));
    w.key("mended").boolean(is_good(space) && bad_before.contains(space.space));
    w.key("copies").begin_array();
    for (const compared_copy& copy : space.copies) {
      w.begin_object().field("store", copy.store).field("verdict", name_of(copy.verdict));
      w.key("differing").natural(copy.differing).end_object();
    }
    w.end_array().end_object();
  }
  w.end_array();
}

} // namespace

int run_command(const cluster_plan_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto seen = in.loop().wait(node->cluster());
  if (!seen) return in.fail(seen.error());
  const auto change = change_of(asked, *seen);
  if (!change) return in.fail(change.error());
  const auto plan = in.loop().wait(node->plan(*change));
  if (!plan) return in.fail(plan.error());
  if (in.json()) {
    json_writer w;
    append_plan(*plan, w);
    return in.print(w);
  }
  print_plan(*plan, *seen, in);
  return EXIT_DONE;
}

int run_command(const cluster_repair_arguments& asked, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto seen = in.loop().wait(node->cluster());
  if (!seen) return in.fail(seen.error());
  std::set<std::string> bad_before;
  base::result<std::vector<space_comparison>> found = std::vector<space_comparison>{};
  for (std::uint64_t waited = 0;; waited += static_cast<std::uint64_t>(LOOK_AGAIN.count())) {
    found = in.loop().wait(node->repair(asked.space));
    if (!found) return in.fail(found.error());
    for (const auto& space : *found) {
      if (is_good(space) || !bad_before.insert(space.space).second) continue;
      for (const auto& copy : space.copies)
        if (copy.verdict != copy_verdict::good)
          in.note(space.space + ": " + copy_text(copy, *seen));
    }
    const bool wait = std::any_of(found->begin(), found->end(), is_under_way);
    if (!wait || waited >= std::uint64_t{asked.timeout_s} * 1'000) break;
    in.loop().sleep(LOOK_AGAIN);
  }
  const int code = std::all_of(found->begin(), found->end(), is_good) ? EXIT_DONE : EXIT_REFUSED;
  if (in.json()) {
    json_writer w;
    append_comparisons(*found, bad_before, w);
    in.print(w);
    return code;
  }
  for (const auto& space : *found)
    print_comparison(space, bad_before.contains(space.space), *seen, in);
  return code;
}

int run_command(const cluster_upgrade_arguments&, shell& in) {
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  const auto before = in.loop().wait(node->cluster());
  if (!before) return in.fail(before.error());
  const auto level = in.loop().wait(node->upgrade());
  if (!level) return in.fail(level.error());
  if (in.json()) {
    json_writer w;
    return in.print(w.begin_object().key("level").natural(*level).end_object());
  }
  in.out() << "feature level " << *level
           << (*level == before->level ? ": all members know no higher one\n" : "\n");
  return EXIT_DONE;
}

} // namespace engram::client
