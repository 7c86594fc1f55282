#include "client/cli/cluster_view.hpp"

#include "client/cli/words.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace engram::client {

namespace {

constexpr std::array STATES{member_state::alive, member_state::suspect, member_state::dead,
                            member_state::left};
constexpr std::size_t STORE_DIGITS = 12; // enough for a person to tell members apart

style style_of(member_state state) noexcept {
  if (state == member_state::alive) return style::good;
  return state == member_state::left ? style::dim : style::bad;
}

bool may_answer(const member_info* member) noexcept {
  return member && (member->state == member_state::alive || member->state == member_state::suspect);
}

std::string members_text(const cluster_info& seen) {
  std::string made = plural(seen.members.size(), "member", "members");
  const char* before = ": ";
  for (const member_state state : STATES) {
    const auto count = std::count_if(seen.members.begin(), seen.members.end(),
                                     [&](const member_info& m) { return m.state == state; });
    if (count == 0) continue;
    made.append(before).append(count_text(static_cast<std::uint64_t>(count)) + " ");
    made.append(name_of(state));
    before = ", ";
  }
  return made;
}

std::string moves_text(const cluster_info& seen) {
  std::uint64_t copying = 0, entries = 0, strays = 0;
  for (const placement_info& space : seen.spaces)
    for (const replica_info& each : space.replicas) {
      if (each.placed && each.copying) {
        ++copying;
        entries += each.lag_entries.value_or(0);
      }
      strays += each.placed ? 0 : 1;
    }
  std::string made;
  if (copying > 0)
    made += " · " + plural(copying, "replica", "replicas") + " being copied, " +
            plural(entries, "entry", "entries") + " left";
  if (strays > 0) made += " · " + plural(strays, "copy", "copies") + " to hand over";
  return made;
}

std::string spaces_text(const cluster_info& seen) {
  std::uint64_t lacking = 0, stuck = 0;
  for (const placement_info& space : seen.spaces) {
    const auto live = reachable(space, seen);
    stuck += live < space.quorum ? 1 : 0;
    lacking += live >= space.quorum && live < space.factor ? 1 : 0;
  }
  std::string made = plural(seen.spaces.size(), "space", "spaces");
  if (stuck > 0) made.append(", " + count_text(stuck) + " without a quorum");
  if (lacking > 0) made.append(", " + count_text(lacking) + " short of replicas");
  if (stuck + lacking == 0 && !seen.spaces.empty()) made.append(", all replicas in reach");
  return made;
}

/// Address of a member, or the beginning of its store id when none is known.
std::string address_of(const std::string& store, const cluster_info& in) {
  const member_info* member = find_member(in, store);
  if (member && !member->address.empty()) return member->address;
  return "store " + store.substr(0, STORE_DIGITS);
}

std::string fate_of(const member_info& member) {
  if (member.state == member_state::left) return "";
  if (member.retired)
    return member.state == member_state::dead ? "removed: not waited for" : "retired: hands over";
  return member.replaced ? "replaced: others hold its spaces" : "";
}

std::string filled(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::size_t widest_address(const cluster_info& in) {
  std::size_t widest = 0;
  for (const member_info& each : in.members)
    widest = std::max(widest, address_of(each.store, in).size());
  return widest;
}

} // namespace

std::string_view name_of(member_state state) noexcept {
  switch (state) {
  case member_state::alive:
    return "alive";
  case member_state::suspect:
    return "suspect";
  case member_state::dead:
    return "dead";
  case member_state::left:
    break;
  }
  return "left";
}

const member_info* find_member(const cluster_info& in, std::string_view store) noexcept {
  const auto found = std::find_if(in.members.begin(), in.members.end(),
                                  [&](const member_info& each) { return each.store == store; });
  return found == in.members.end() ? nullptr : &*found;
}

base::result<member_info> named_member(const cluster_info& in, std::string_view name) {
  std::vector<member_info> meant;
  for (const member_info& each : in.members)
    if (each.address == name || (!name.empty() && each.store.starts_with(name)))
      meant.push_back(each);
  // An address may have had another member before, which is gone for good.
  if (meant.size() > 1)
    std::erase_if(meant, [](const member_info& each) { return each.state == member_state::left; });
  if (meant.size() == 1) return meant.front();
  return {base::errc::invalid_argument,
          std::string(meant.empty() ? "no member" : "more than one member") + " is called " +
              std::string(name)};
}

std::uint32_t reachable(const placement_info& space, const cluster_info& in) noexcept {
  return static_cast<std::uint32_t>(
      std::count_if(space.replicas.begin(), space.replicas.end(), [&](const replica_info& each) {
        return each.placed && may_answer(find_member(in, each.store));
      }));
}

bool serves(const cluster_info& seen) noexcept {
  return std::all_of(seen.spaces.begin(), seen.spaces.end(), [&](const placement_info& space) {
    return reachable(space, seen) >= space.quorum;
  });
}

std::string verdict_text(const cluster_info& seen) {
  return seen.verdict + " · " + members_text(seen) + " · " + spaces_text(seen) + moves_text(seen);
}

std::string lag_text(const replica_info& replica, const cluster_info& in) {
  if (replica.copying)
    return "being copied, " + plural(replica.lag_entries.value_or(0), "entry", "entries") + " left";
  if (replica.store == in.self) return "asked";
  if (!replica.lag_entries) return "lag not known";
  if (*replica.lag_entries == 0) return "level";
  std::string made = plural(*replica.lag_entries, "entry", "entries");
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(replica.lag.count(), 0));
  if (ms > 0)
    made.append(", " + (ms < 10'000 ? count_text(ms) + " ms" : duration_text(replica.lag)));
  return made + " behind";
}

void append_members(const cluster_info& seen, json_writer& to) {
  to.begin_array();
  for (const member_info& each : seen.members) {
    to.begin_object().field("store", each.store).field("address", each.address);
    to.field("state", name_of(each.state)).key("incarnation").natural(each.incarnation);
    to.field("zone", each.zone).key("retired").boolean(each.retired);
    to.key("replaced").boolean(each.replaced);
    to.key("feature_min").natural(each.feature_min).key("feature_max").natural(each.feature_max);
    to.key("asked").boolean(each.store == seen.self).end_object();
  }
  to.end_array();
}

void append_placement(const placement_info& space, const cluster_info& in, json_writer& to) {
  to.begin_object().field("name", space.name).field("identity", space.identity);
  to.key("factor").natural(space.factor).key("quorum").natural(space.quorum);
  to.key("reachable").natural(reachable(space, in)).key("replicas").begin_array();
  for (const replica_info& each : space.replicas) {
    const member_info* member = find_member(in, each.store);
    to.begin_object().field("store", each.store);
    if (member) to.field("address", member->address).field("state", name_of(member->state));
    to.key("placed")
        .boolean(each.placed)

        .key("asked")
        .boolean(each.store == in.self);
    if (each.copying) to.key("copying").boolean(true);
    if (each.lag_entries)
      to.key("lag_entries").natural(*each.lag_entries).key("lag_ms").integer(each.lag.count());
    to.end_object();
  }
  to.end_array().end_object();
}

void append_cluster(const cluster_info& seen, json_writer& to) {
  to.begin_object().field("cluster", seen.cluster).field("asked", seen.self);
  to.field("verdict", verdict_text(seen)).key("serves").boolean(serves(seen));
  to.key("level").natural(seen.level).key("members");
  append_members(seen, to);
  to.key("spaces").begin_array();
  for (const placement_info& space : seen.spaces) append_placement(space, seen, to);
  to.end_array().end_object();
}

void print_members(const cluster_info& seen, const shell& to) {
  const std::size_t width = widest_address(seen);
  for (const member_info& each : seen.members) {
    to.out() << "  " << filled(address_of(each.store, seen), width) << "  "
             << to.styled(style_of(each.state), filled(std::string{name_of(each.state)}, 7))
             << "  incarnation " << each.incarnation << "  "
             << to.styled(style::dim, "store " + each.store.substr(0, STORE_DIGITS));
    if (!each.zone.empty()) to.out() << to.styled(style::dim, "  zone " + each.zone);
    if (const auto fate = fate_of(each); !fate.empty())
      to.out() << "  " << to.styled(style::warn, fate);
    if (each.store == seen.self) to.out() << to.styled(style::dim, "  asked");
    to.out() << '\n';
  }
}

void print_placement(const placement_info& space, const cluster_info& in, const shell& to) {
  const auto live = reachable(space, in);
  const style shade = live >= space.factor   ? style::good
                      : live >= space.quorum ? style::warn
                                             : style::bad;
  to.out() << "  " << to.styled(style::bold, space.name) << "  "
           << to.styled(shade,
                        count_text(live) + " of " + plural(space.factor, "replica", "replicas"))
           << " in reach, quorum " << space.quorum << '\n';
  const std::size_t width = widest_address(in);
  for (const replica_info& each : space.replicas) {
    const member_info* member = find_member(in, each.store);
    to.out() << "    " << filled(address_of(each.store, in), width) << "  " << lag_text(each, in);
    if (!may_answer(member))
      to.out() << "  " << to.styled(style::bad, member ? name_of(member->state) : "no member");
    if (!each.placed) to.out() << "  " << to.styled(style::warn, "hands over");
    to.out() << '\n';
  }
}

} // namespace engram::client
