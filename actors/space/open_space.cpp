#include "actors/space/open_space.hpp"

#include "storage/recovery.hpp"

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

namespace engram::actors {

namespace {

constexpr std::size_t slice_items = 1024;

std::vector<memory::stored_item> items_of(storage::recovered_items from) {
  std::vector<memory::stored_item> out;
  out.reserve(from.items.size());
  for (auto& item : from.items)
    out.push_back({std::move(item.key), std::move(item.value), std::move(item.payload)});
  return out;
}

class opening {
public:
  opening(const open_context& in, memory::space_config config)
      : in_(in), slot_(std::make_shared<space_slot>(config, in.log.number_of(config.identity))),
        space_(std::make_unique<memory::space>(std::move(config))) {}

  open_result run();

private:
  base::result<void> load();
  base::result<void> load_state();
  using round = std::vector<std::vector<memory::stored_item>>; // slices for the pool
  base::result<void> read_round(storage::state_reader& from, round& to);
  base::result<void> load_tail();
  void name(const std::vector<base::error>& damage);
  open_result replay();

  const open_context& in_;
  std::shared_ptr<space_slot> slot_;
  std::unique_ptr<memory::space> space_;
  std::vector<storage::vector_row> rows_;
  version_vector applied_;
  std::vector<storage::tail_entry> tail_;
  std::vector<std::optional<base::result<memory::prepared>>> decoded_; // of tail_; none: no payload
  std::vector<std::string> damage_;
};

open_result opening::run() {
  if (auto loaded = load(); !loaded) return open_failure{loaded.error(), {}};
  return replay();
}

base::result<void> opening::load() {
  // Nothing of this space may be on its way to the disk while it is read.
  TRY(in_.log.settle());
  TRY(load_state());
  const auto report = space_->finish_load(std::move(damage_));
  // Memories whose bodies are unreadable are counted by the state itself. An item that could not be
  // read at all shows in its bucket.
  slot_->lost_at_open = report.mismatched.size();
  damage_.clear();
  return load_tail();
}

base::result<void> opening::load_state() {
  TRY_ASSIGN(auto vector, storage::read_vector(in_.store, slot_->number));
  rows_ = std::move(vector.rows);
  name(vector.damage);
  const auto origins = in_.log.known_origins();
  for (const auto& row : rows_)
    if (const auto run = origins.by_number.find(row.origin); run != origins.by_number.end())
      applied_.raise(run->second, row.applied);

  storage::state_reader reader(in_.store, slot_->number);
  // While the pool analyses one round of slices, the space takes the round before it and the disk
  // gives the next.
  round now, next;
  std::vector<std::shared_ptr<const memory::staged>> analysed;
  TRY(read_round(reader, next));
  while (!next.empty() || !analysed.empty()) {
    now = std::exchange(next, {});
    const auto ready =
        std::exchange(analysed, std::vector<std::shared_ptr<const memory::staged>>(now.size()));
    base::result<void> read = base::success();
    std::exception_ptr thrown; // bodies do not throw; the supervisor hears of it all the same
    in_.pool.for_each(now.size() + 1, [&](std::size_t i) {
      if (i > 0) {
        analysed[i - 1] = memory::space::stage(std::move(now[i - 1]), slot_->config, slot_->words);
        return;
      }
      try {
        for (const auto& one : ready) space_->take(*one);
        if (!now.empty()) read = read_round(reader, next);
      } catch (...) {
        thrown = std::current_exception();
      }
    });
    if (thrown) std::rethrow_exception(thrown);
    TRY(read);
  }
  return base::success();
}

/// Nothing: the end.
base::result<void> opening::read_round(storage::state_reader& from, round& to) {
  const std::size_t slices = 4 * (in_.pool.threads() + std::size_t{1});
  while (to.size() < slices) {
    TRY_ASSIGN(auto some, from.next(slice_items));
    name(some.damage);
    if (some.items.empty()) break;
    to.push_back(items_of(std::move(some)));
  }
  return base::success();
}

/// A run ends at its first damaged entry where other stores are known: they are asked for it, and
/// give what lies behind once more. A store that was always alone goes on behind it, since nobody
/// else can tell what was lost there.
base::result<void> opening::load_tail() {
  const auto origins = in_.log.known_origins();
  std::vector<std::uint32_t> numbers;
  for (const auto& [number, origin] : origins.by_number) numbers.push_back(number);
  std::set<std::uint32_t> ended;
  const auto take = [&](storage::tail_entry e) {
    if (e.after_gap && !origins.foreign.empty()) ended.insert(e.origin);
    if (!ended.contains(e.origin)) tail_.push_back(std::move(e));
  };
  TRY_ASSIGN(auto damage, storage::read_tail(in_.store, slot_->number, numbers, rows_, take));
  name(damage);
  slot_->lost_at_open += damage_.size();

  decoded_.resize(tail_.size());
  in_.pool.for_each(tail_.size(), [&](std::size_t i) {
    auto& entry = tail_[i];
    if (!entry.payload) return;
    decoded_[i] = memory::decode_prepared(static_cast<memory::entry_kind>(entry.header.kind),
                                          *std::move(entry.payload), slot_->config, slot_->words);
  });
  std::vector<std::pair<std::uint32_t, storage::entry_header>> headers;
  for (const auto& entry : tail_) headers.emplace_back(entry.origin, entry.header);
  in_.log.restore(slot_->number, rows_, headers);
  return base::success();
}

open_result opening::replay() {
  auto core = std::make_unique<partition>(std::move(space_), slot_->number, std::move(applied_),
                                          in_.log.self());
  for (std::size_t i = 0; i < tail_.size(); ++i) {
    const auto meta = meta_of(tail_[i].header, tail_[i].origin);
    const log_place at{meta.origin, meta.sequence};
    const auto& what = decoded_[i];
    // A newer version's entry stops the space here: kept, not skipped.
    if (what && !*what && what->error().code == base::errc::unsupported_format)
      return open_failure{what->error(), at};
    if (what && !*what) ++slot_->lost_at_open;
    try {
      if (in_.probe) in_.probe(meta);
      core->replay(meta, what && *what ? &**what : nullptr);
    } catch (const std::exception& thrown) {
      return open_failure{{base::errc::internal, thrown.what()}, at};
    }
  }
  core->set_probe(in_.probe);
  return opened_space{std::move(slot_), std::move(core)};
}

void opening::name(const std::vector<base::error>& damage) {
  for (const auto& d : damage) damage_.push_back(d.message());
}

} // namespace

open_result open_space(const open_context& in, memory::space_config config) {
  try {
    return opening(in, std::move(config)).run();
  } catch (const std::exception& thrown) {
    return open_failure{{base::errc::internal, thrown.what()}, {}};
  }
}

} // namespace engram::actors
