#include "actors/node/directory_host.hpp"

#include "storage/recovery.hpp"

namespace engram::actors {

namespace {

constexpr std::size_t items_at_once = 4096;

} // namespace

base::result<std::unique_ptr<directory_host>>
directory_host::open(const storage::store& store, log_thread& log, base::entropy& entropy) {
  const auto number = log.number_of(membership::directory_identity());
  TRY(log.settle());
  std::unique_ptr<directory_host> out(new directory_host(store, log, entropy, number));
  TRY(out->load());
  log.attach(number, [host = out.get()](std::vector<log_outcome> outcomes) {
    host->step_logged(std::move(outcomes));
  });
  return out;
}

directory_host::directory_host(const storage::store& store, log_thread& log, base::entropy& entropy,
                               std::uint32_t number)
    : store_(store), log_(log), entropy_(entropy), number_(number) {}

directory_host::~directory_host() {
  log_.detach(number_);
  for (auto& left : queue_) left.done(base::error{base::errc::shutting_down, "directory"});
}

base::result<void> directory_host::load() {
  TRY_ASSIGN(const auto vector, storage::read_vector(store_, number_));
  if (!vector.is_complete) return vector.damage.front();
  TRY_ASSIGN(const auto whole, load_items());
  if (!whole) state_ = {};
  TRY(replay(vector.rows, !whole));
  key_required_ = !state_.keys().empty();
  return base::success();
}

/// False: some are damaged.
base::result<bool> directory_host::load_items() {
  storage::state_reader reader(store_, number_);
  while (true) {
    TRY_ASSIGN(const auto some, reader.next(items_at_once));
    if (!some.damage.empty()) return false;
    if (some.items.empty()) return true;
    for (const auto& item : some.items) TRY(state_.load(item.key, item.value));
  }
}

base::result<std::vector<storage::tail_entry>>
directory_host::read_log(const std::vector<storage::vector_row>& above) const {
  std::vector<std::uint32_t> numbers;
  for (const auto& [number, origin] : log_.known_origins().by_number) numbers.push_back(number);
  std::vector<storage::tail_entry> out;
  TRY_ASSIGN(const auto damage,
             storage::read_tail(store_, number_, numbers, above,
                                [&](storage::tail_entry e) { out.push_back(std::move(e)); }));
  if (!damage.empty()) return damage.front();
  return out;
}

/// Applies the log above the vector, or all of it over an empty state.
base::result<void> directory_host::replay(const std::vector<storage::vector_row>& applied,
                                          bool from_beginning) {
  TRY_ASSIGN(const auto entries,
             read_log(from_beginning ? std::vector<storage::vector_row>{} : applied));
  std::map<std::uint32_t, std::uint64_t> covered, reached;
  for (const auto& row : applied) covered[row.origin] = row.applied;
  std::vector<std::pair<std::uint32_t, storage::entry_header>> tail;
  for (const auto& entry : entries) {
    const auto sequence = entry.header.sequence;
    if (from_beginning && sequence != ++reached[entry.origin])
      return {base::errc::corrupt, "the directory is damaged and its log has gaps"};
    if (sequence > covered[entry.origin]) tail.emplace_back(entry.origin, entry.header);
  }
  for (const auto& row : applied)
    if (from_beginning && reached[row.origin] < row.applied)
      return {base::errc::corrupt, "the directory is damaged and its log is not whole"};
  log_.restore(number_, applied, tail);
  for (const auto& entry : entries) {
    if (!entry.payload) continue;
    TRY_ASSIGN(const auto op, membership::decode_directory_op(entry.header.kind, *entry.payload));
    apply(entry.header, entry.origin, op);
  }
  return base::success();
}

void directory_host::propose(judge decide, reply<void> done) {
  {
    const std::lock_guard lock(queue_mutex_);
    queue_.push_back({std::move(decide), std::move(done)});
  }
  step();
}

/// Judges the first in the queue until one goes to the log. One thread at a time.
void directory_host::step() {
  std::unique_lock lock(queue_mutex_);
  if (std::exchange(stepping_, true)) return;
  while (!logging_ && !queue_.empty()) {
    const auto decide = queue_.front().decide;
    lock.unlock();
    auto decided = read(decide);
    lock.lock();
    if (decided && *decided) {
      logging_ = **decided;
      const auto bytes = encode(*logging_);
      const auto kind = static_cast<std::uint8_t>(kind_of(*logging_));
      storage::log_item item{kind, entropy_.draw(), storage::seal_payload(entropy_.draw(), bytes)};
      log_.submit({++ticket_, number_, membership::directory_identity(), {std::move(item)}});
      break;
    }
    const auto done = std::move(queue_.front().done);
    queue_.pop_front();
    lock.unlock();
    done(decided ? base::success() : base::result<void>(decided.error()));
    lock.lock();
  }
  stepping_ = false;
}

void directory_host::step_logged(std::vector<log_outcome> outcomes) {
  for (const auto& outcome : outcomes) {
    if (outcome.ticket == 0) {
      if (outcome.entries) apply_own_again(*outcome.entries);
      continue;
    }
    reply<void> done;
    {
      const std::lock_guard lock(queue_mutex_);
      CHECK(logging_ && outcome.ticket == ticket_, outcome.ticket, ticket_);
      if (outcome.entries)
        for (const auto& header : *outcome.entries) apply(header, outcome.origin_number, *logging_);
      logging_.reset();
      done = std::move(queue_.front().done);
      queue_.pop_front();
    }
    if (!outcome.entries)
      done(outcome.entries.error());
    else if (gate_)
      gate_({{log_.self(), outcome.entries->front().sequence, outcome.entries->back().sequence}},
            std::move(done));
    else
      done(base::success());
  }
  step();
}

/// A fork was lost: what this store held of it follows once more, under the own run.
void directory_host::apply_own_again(const std::vector<storage::entry_header>& entries) {
  std::vector<storage::tail_entry> read;
  for (const auto& header : entries) {
    auto& entry = read.emplace_back();
    entry.origin = log_.self_number();
    entry.header = header;
    const auto key = storage::entry_key(number_, entry.origin, header.sequence);
    const auto stored = store_.get(storage::column::payload, key);
    if (stored && stored->size() > storage::payload_salt_bytes)
      entry.payload = stored->substr(storage::payload_salt_bytes);
  }
  apply_foreign(read);
}

void directory_host::apply_foreign(const std::vector<storage::tail_entry>& entries) {
  for (const auto& entry : entries) {
    if (!entry.payload) continue; // damaged here: the log keeps its place
    const auto op = membership::decode_directory_op(entry.header.kind, *entry.payload);
    if (op) apply(entry.header, entry.origin, *op);
  }
}

void directory_host::apply(const storage::entry_header& header, std::uint32_t origin,
                           const membership::directory_op& op) {
  partition::state_note note;
  {
    const std::unique_lock lock(state_mutex_);
    for (auto& item : state_.apply(op, header.stamp, header.operation))
      note.changes.puts.push_back({std::move(item.key), std::move(item.value)});
    key_required_ = !state_.keys().empty();
  }
  note.applied.emplace(origin, header.sequence);
  log_.note(number_, std::move(note));
}

bool directory_host::in_force(const authority& who) const {
  if (who.key_id.empty()) return !key_required();
  return read([&](const membership::directory& d) {
    const auto* row = d.key(who.key_id);
    return row != nullptr && !row->revoked;
  });
}

} // namespace engram::actors
