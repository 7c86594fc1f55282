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

/// Of those that pass on: how far ahead rows are fetched, and what is known of whom they name.
constexpr std::size_t ROWS_AHEAD = 16, KNOWN_AHEAD = 8;

/// Tells most names apart without reading them: comparing each asked with each known would take
/// longer than to spread from a memory of few friends.
std::uint32_t shape_of(std::string_view name) {
  if (name.empty()) return 0;
  const auto letter = [&](std::size_t at) { return static_cast<unsigned char>(name[at]); };
  return static_cast<std::uint32_t>(name.size() << 16) |
         static_cast<std::uint32_t>(letter(0) << 8 | letter(name.size() - 1));
}

} // namespace

reached_table::~reached_table() {
  for (const reached& one : work_->all) numbers_[one.ordinal] = 0;
  if (work_->all.capacity() > KEPT_MAX)
    work_->all = {};
  else
    work_->all.clear();
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
  const std::vector<std::string>& names = *on_.edges().kinds;
  std::vector<std::uint32_t> shapes;
  shapes.reserve(names.size());
  for (const std::string_view name : names) shapes.push_back(shape_of(name));
  out_.assign(names.size(), 0);
  in_.assign(names.size(), 0);
  const auto mark = [&](std::vector<std::uint8_t>& followed, std::string_view asked) {
    const std::uint32_t shape = shape_of(asked);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (shapes[i] == shape && names[i] == asked) {
        followed[i] = 1;
        return true;
      }
    return false;
  };
  bool any_out = false, any_in = false;
  for (const std::string_view asked : query_.kinds) {
    any_out |= mark(out_, asked);
    if (asked.starts_with(INVERSE)) any_in |= mark(in_, asked.substr(INVERSE.size()));
  }
  if (!any_out) config_.edge_out = 0;
  if (!any_in) config_.edge_in = 0;
}

void activation::seed(std::uint32_t ordinal, q32 amount) {
  reached& who = table_.meet(ordinal).who;
  who.activation = who.amount = std::max(who.activation, amount);
  if (rows_ != nullptr) rows_->prefetch_ends(ordinal);
}

std::uint32_t activation::run() {
  for (std::uint8_t round = 1; round <= query_.hops; ++round) {
    const std::vector<sending> frontier = choose();
    if (frontier.empty()) return round - 1u;
    fetch(frontier, 0, ROWS_AHEAD);
    for (std::size_t i = 0; i < std::min(KNOWN_AHEAD, frontier.size()); ++i) expect(frontier, i);
    for (std::size_t i = 0; i < frontier.size(); ++i) {
      fetch(frontier, i + ROWS_AHEAD, i + ROWS_AHEAD + 1);
      expect(frontier, i + KNOWN_AHEAD);
      tell(frontier[i], round);
    }
  }
  return query_.hops;
}

/// Rows and lists lie anywhere in memory, and so does what is known of those they name: both are
/// fetched for the next few while one tells.
void activation::fetch(const std::vector<sending>& frontier, std::size_t begin,
                       std::size_t end) const {
  for (std::size_t i = begin; i < std::min(end, frontier.size()); ++i)
    if (rows_ != nullptr)
      rows_->prefetch(frontier[i].ordinal);
    else
      on_.expect(frontier[i].ordinal);
}

void activation::expect(const std::vector<sending>& frontier, std::size_t i) const {
  if (i >= frontier.size()) return;
  if (rows_ == nullptr) return on_.expect_lists(frontier[i].ordinal);
  if (config_.edge_out == 0 || frontier[i].ordinal >= rows_->size()) return;
  for (const edge_rows::neighbour& n : rows_->out_of(frontier[i].ordinal)) table_.expect(n.ordinal);
}

/// Who was first reached in the last round and still has enough to pass on.
std::vector<activation::sending> activation::choose() {
  std::vector<sending> found;
  const std::uint32_t begin = std::exchange(fired_, table_.size());
  found.reserve(fired_ - begin);
  for (std::uint32_t i = begin; i < fired_; ++i)
    if (table_[i].activation >= threshold_)
      found.push_back({table_[i].activation, table_[i].ordinal});
  keep_first(
      found, query_.budget, [](const sending& s) { return s.activation; },
      [this](const sending& a, const sending& b) { return on_.before(a.ordinal, b.ordinal); });
  return found;
}

// -- telling --

void activation::tell(const sending& s, std::uint8_t round) {
  const double amount = s.activation.to_double() * query_.decay;
  if (rows_ != nullptr && tell_rows(s, amount, round)) return;
  fan_of(s.ordinal);
  for (const link& l : links_)
    if (const q32 said = q32::from(amount * l.weight); said.raw > 0)
      hear(l.target, said, s.ordinal, l.kind, l.detail, round);
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
  for (auto n = row.begin(); n != row.end();) {
    const std::uint32_t style = n->style; // neighbours of one style stand together
    const edge_rows::style how = rows_->styles()[style];
    const bool followed = (out ? out_ : in_)[how.kind] != 0;
    const q32 said = followed ? q32::from(amount * (how.weight * share)) : q32{};
    for (; n != row.end() && n->style == style; ++n)
      if (said.raw > 0) hear(n->ordinal, said, s.ordinal, kind, how.kind, round);
  }
}

inline void activation::hear(std::uint32_t target, q32 said, std::uint32_t from, link_kind kind,
                             std::uint64_t detail, std::uint8_t round) {
  const auto [to, is_new] = table_.meet(target);
  to.activation += said;
  if (is_new) {
    to.round = round;
    if (rows_ != nullptr && round < query_.hops) rows_->prefetch_ends(target);
  } else {
    if (to.round != round || said < to.amount) return;
    to.tied = said == to.amount;
    if (to.tied) {
      ties_.push_back({{}, said, target, from, static_cast<std::uint32_t>(detail), round, kind});
      return;
    }
  }
  to.amount = said;
  to.from = from;
  to.detail = static_cast<std::uint32_t>(detail);
  to.kind = kind;
}

/// Ids lie far apart: they are compared for what is asked about only.
reached activation::origin(const reached& of) const {
  reached best = of;
  if (!of.tied) return best;
  for (const reached& t : ties_) {
    if (t.ordinal != of.ordinal || t.amount != of.amount) continue;
    if (t.from != best.from ? on_.before(t.from, best.from)
                            : link_name(on_, t.by()) < link_name(on_, best.by()))
      best = t;
  }
  return best;
}

bool activation::follows(const link& l) const {
  if (explicit_only_) return (l.kind == link_kind::explicit_out ? out_ : in_)[l.detail] != 0;
  return query_.kinds.empty() || std::find(query_.kinds.begin(), query_.kinds.end(),
                                           link_name(on_, l)) != query_.kinds.end();
}

/// The strongest associations that are asked for, in no order that means anything.
void activation::fan_of(std::uint32_t from) {
  links_.clear();
  if (explicit_only_) {
    explicit_links_of(on_, config_, from, links_);
  } else {
    links_of(on_, config_, query_.now, from, links_);
    add_session(from);
  }
  if (!query_.kinds.empty()) std::erase_if(links_, [this](const link& l) { return !follows(l); });
  keep_first(
      links_, query_.fan, [](const link& l) { return l.weight; },
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
    if (member != from) links_.push_back({member, weight, link_kind::session, 0});
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
