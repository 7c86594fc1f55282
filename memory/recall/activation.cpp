#include "memory/recall/activation.hpp"

#include "memory/index/edge_rows.hpp"
#include "memory/recall/keep_first.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace engram::memory {

using base::q32;

namespace {
/// Beyond, what was reached is not kept for the next question.
constexpr std::size_t KEPT_MAX = 1 << 16;

template <class T>
void forget(std::vector<T>& of) {
  if (of.capacity() > KEPT_MAX) of = {};
  of.clear();
}

} // namespace

reached_table::~reached_table() {
  for (std::uint32_t i = 0; i < size_; ++i) numbers_[all_[i].ordinal] = 0;
  if (work_->all.size() > KEPT_MAX) work_->all = {};
}

void reached_table::grow(std::size_t more) {
  work_->all.resize(std::max(2 * work_->all.size(), size_ + more));
  all_ = work_->all.data();
}

activation::~activation() {
  forget(work_->frontier);
  forget(work_->ties);
  forget(work_->links);
}

activation::activation(const snapshot& on, const recall_config& weights, const spread_query& query)
    : on_(on), query_(query), config_(weights), threshold_(q32::from(query.threshold)),
      explicit_only_(!query.kinds.empty() &&
                     std::none_of(query.kinds.begin(), query.kinds.end(), is_implicit)),
      rows_(explicit_only_ && on.visible_count() == on.size() ? on.edges().rows.get() : nullptr),
      table_(on.size()) {
  // Asked for, explicit associations are followed as they were asserted, not as a hint beside
  // words.
  config_.edge_out = 1;
  config_.edge_in = config_.edge_in > 0 ? 0.5 : 0;
  config_.split_edges = false;
  config_.fan_max = query.fan;
  if (explicit_only_) follow_kinds();
}

/// Which directions of which explicit kinds are asked for.
void activation::follow_kinds() {
  constexpr std::string_view INVERSE = "inverse-";
  const kind_names& names = *on_.edges().kinds;
  work_->out.assign(names.size(), 0);
  work_->in.assign(names.size(), 0);
  const auto mark = [&](std::vector<std::uint8_t>& followed, std::string_view asked) {
    const std::uint32_t number = names.find(asked);
    if (number == kind_names::none) return false;
    followed[number] = 1;
    return true;
  };
  bool any_out = false, any_in = false;
  for (const std::string_view asked : query_.kinds) {
    any_out |= mark(work_->out, asked);
    if (asked.starts_with(INVERSE)) any_in |= mark(work_->in, asked.substr(INVERSE.size()));
  }
  if (!any_out) config_.edge_out = 0;
  if (!any_in) config_.edge_in = 0;
}

void activation::seed(std::uint32_t ordinal, q32 amount) {
  if (reached* known = table_.find(ordinal)) {
    known->activation = known->amount = std::max(known->activation, amount);
    return;
  }
  table_.make_room(1);
  reached& added = table_.add(ordinal);
  added.activation = amount;
  attribute(added, {amount, snapshot::none, 0, 0, link_kind::next});
}

std::uint32_t activation::run() {
  for (std::uint8_t round = 1; round <= query_.hops; ++round) {
    choose();
    const std::vector<sending>& frontier = work_->frontier;
    if (frontier.empty()) return round - 1u;
    for (std::size_t i = 0; i < frontier.size(); ++i) {
      if (rows_ == nullptr) look_ahead(i);
      tell(frontier[i], round);
    }
  }
  return query_.hops;
}

/// Where lists begin lies anywhere in memory, and so do they: fetched while others tell.
void activation::look_ahead(std::size_t i) const {
  constexpr std::size_t BEGINNINGS = 16, LISTS = 8;
  const std::vector<sending>& frontier = work_->frontier;
  if (i + BEGINNINGS < frontier.size()) on_.expect(frontier[i + BEGINNINGS].ordinal);
  if (i + LISTS < frontier.size()) on_.expect_lists(frontier[i + LISTS].ordinal);
}

/// Who was first reached in the last round and still has enough to pass on.
void activation::choose() {
  std::vector<sending>& found = work_->frontier;
  found.clear();
  const std::uint32_t begin = std::exchange(fired_, table_.size());
  found.reserve(fired_ - begin);
  for (std::uint32_t i = begin; i < fired_; ++i)
    if (table_[i].activation >= threshold_)
      found.push_back({table_[i].activation, table_[i].ordinal});
  keep_first(
      found, query_.budget, [](const sending& s) { return s.activation; },
      [this](const sending& s) { return on_.id(s.ordinal); },
      [this](const sending& a, const sending& b) { return on_.before(a.ordinal, b.ordinal); });
}

// -- telling --

void activation::tell(const sending& s, std::uint8_t round) {
  const double amount = s.activation.to_double() * query_.decay;
  if (rows_ != nullptr && tell_rows(s, amount, round)) return;
  fan_of(s.ordinal);
  table_.make_room(work_->links.size());
  for (const link& l : work_->links)
    if (const q32 said = q32::from(amount * l.weight); said.raw > 0)
      hear(l.target, {said, s.ordinal, static_cast<std::uint32_t>(l.detail), round, l.kind});
}

/// The short way, where all that is followed stands in compiled rows and no fan is cut: the same as
/// over fan_of(), to the last bit. False: not so.
bool activation::tell_rows(const sending& s, double amount, std::uint8_t round) {
  if (on_.edges().rows_of(s.ordinal) == nullptr) return false;
  std::size_t fan = 0;
  if (config_.edge_out != 0) fan += rows_->out_of(s.ordinal).size();
  if (config_.edge_in != 0) fan += rows_->into(s.ordinal).size();
  if (fan > query_.fan) return false;
  if (config_.edge_out != 0) tell_row(s, amount, round, true);
  if (config_.edge_in != 0) tell_row(s, amount, round, false);
  return true;
}

void activation::tell_row(const sending& s, double amount, std::uint8_t round, bool out) {
  const auto row = out ? rows_->out_of(s.ordinal) : rows_->into(s.ordinal);
  if (row.empty()) return;
  const double share = (out ? config_.edge_out : config_.edge_in) / fan_cost(row.size());
  const link_kind kind = out ? link_kind::explicit_out : link_kind::explicit_in;
  table_.make_room(row.size());
  for (auto n = row.begin(); n != row.end();) {
    const std::uint32_t style = n->style; // neighbours of one style stand together
    const edge_rows::style how = rows_->styles()[style];
    const bool followed = (out ? work_->out : work_->in)[how.kind] != 0;
    const q32 said = followed ? q32::from(amount * (how.weight * share)) : q32{};
    const saying what{said, s.ordinal, how.kind, round, kind};
    for (; n != row.end() && n->style == style; ++n)
      if (said.raw > 0) hear(n->ordinal, what);
  }
}

/// Requires: room for one more.
inline void activation::hear(std::uint32_t target, const saying& by) {
  if (reached* known = table_.find(target)) {
    known->activation += by.amount;
    if (known->round == by.round && by.amount >= known->amount) hear_again(*known, by);
    return;
  }
  reached& added = table_.add(target);
  added.activation = by.amount;
  attribute(added, by);
}

/// As much as the strongest contribution so far, or more.
void activation::hear_again(reached& who, const saying& by) {
  if (by.amount > who.amount) return attribute(who, by);
  who.tied = true;
  reached& other = work_->ties.emplace_back();
  other.ordinal = who.ordinal;
  attribute(other, by);
}

/// Field by field: a whole one would be put together on the stack, and read back before it is
/// there.
inline void activation::attribute(reached& who, const saying& by) {
  who.amount = by.amount;
  who.from = by.from;
  who.detail = by.detail;
  who.round = by.round;
  who.kind = by.kind;
  who.tied = false;
}

/// Ids lie far apart: they are compared for what is asked about only.
reached activation::origin(const reached& of) const {
  reached best = of;
  if (!of.tied) return best;
  for (const reached& t : work_->ties) {
    if (t.ordinal != of.ordinal || t.amount != of.amount) continue;
    if (t.from != best.from ? on_.before(t.from, best.from)
                            : link_name(on_, t.by()) < link_name(on_, best.by()))
      best = t;
  }
  return best;
}

bool activation::follows(const link& l) const {
  if (explicit_only_)
    return (l.kind == link_kind::explicit_out ? work_->out : work_->in)[l.detail] != 0;
  return query_.kinds.empty() || std::find(query_.kinds.begin(), query_.kinds.end(),
                                           link_name(on_, l)) != query_.kinds.end();
}

/// The strongest associations that are asked for, in no order that means anything.
void activation::fan_of(std::uint32_t from) {
  std::vector<link>& links = work_->links;
  links.clear();
  if (explicit_only_) {
    explicit_links_of(on_, config_, from, links);
  } else {
    links_of(on_, config_, query_.now, from, links);
    add_session(from);
  }
  if (!query_.kinds.empty()) std::erase_if(links, [this](const link& l) { return !follows(l); });
  keep_first(
      links, query_.fan, [](const link& l) { return l.weight; },
      [this](const link& l) { return on_.id(l.target); },
      [this](const link& a, const link& b) {
        if (a.target != b.target) return on_.before(a.target, b.target);
        return link_name(on_, a) < link_name(on_, b);
      });
}

void activation::add_session(std::uint32_t from) {
  const std::uint64_t session = on_.facts(from).session;
  const double weight = session_weight(on_, config_, session);
  if (weight == 0) return;
  std::vector<std::uint32_t> members;
  on_.session_members(session, members);
  for (const std::uint32_t member : members)
    if (member != from) work_->links.push_back({member, weight, link_kind::session, 0});
}

// -- what came of it --

std::vector<const reached*> activation::strongest(std::size_t most) const {
  struct candidate {
    q32 activation;
    const reached* at;
    std::string_view id; // of those that are compared by it
  };
  std::vector<candidate> found;
  found.reserve(table_.size());
  for (std::uint32_t i = 0; i < table_.size(); ++i)
    found.push_back({table_[i].activation, &table_[i], {}});
  const auto louder = [](const candidate& a, const candidate& b) {
    return a.activation > b.activation;
  };
  const auto stronger = [this](const candidate& a, const candidate& b) {
    if (a.activation != b.activation) return a.activation > b.activation;
    if (const int order = a.id.compare(b.id); order != 0) return order < 0;
    return on_.before(a.at->ordinal, b.at->ordinal);
  };
  // Ids are fetched for what may be among the strongest only: they lie far apart.
  auto end = found.end();
  if (most < found.size()) {
    const auto cut = found.begin() + static_cast<std::ptrdiff_t>(most);
    std::nth_element(found.begin(), cut, found.end(), louder);
    const q32 least =
        most == 0 ? q32{INT64_MAX} : std::min_element(found.begin(), cut, [](auto& a, auto& b) {
                                       return a.activation < b.activation;
                                     })->activation;
    end =
        std::partition(cut, found.end(), [&](const candidate& c) { return c.activation >= least; });
  }
  for (auto c = found.begin(); c != end; ++c) c->id = on_.id(c->at->ordinal);
  const auto kept = std::min(most, static_cast<std::size_t>(end - found.begin()));
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), end,
                    stronger);
  std::vector<const reached*> out;
  for (std::size_t i = 0; i < kept; ++i) out.push_back(found[i].at);
  return out;
}

} // namespace engram::memory
