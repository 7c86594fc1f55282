#include "client/import/importer.hpp"

#include "client/ids.hpp"

#include <poll.h>

#include <algorithm>
#include <deque>
#include <optional>

namespace engram::client {

namespace {

constexpr std::size_t BATCH_ITEMS = 256;
constexpr std::size_t BATCH_BYTES = 1u << 20;
constexpr std::size_t PENDING_BYTES = 16u << 20; // over all spaces
constexpr std::size_t DEFERRED_BYTES = 256u << 20;
constexpr std::uint64_t UNSETTLED_ITEMS = 16'384; // per space; bounds what is remembered of them

std::size_t bytes_of(const episode& e) {
  std::size_t sum = 64 + e.id.size() + e.text.size() + e.title.size() + e.speaker.size() +
                    e.place.size() + e.session.size();
  for (const auto* list : {&e.who, &e.tags})
    for (const std::string& text : *list) sum += text.size() + 16;
  return sum + (e.embedding ? e.embedding->values.size() : 0);
}

std::size_t bytes_of(const association& a) {
  return 48 + a.source.size() + a.target.size() + a.kind.size();
}

/// Dates that fail alike are told once.
std::string form_of(std::string date) {
  for (char& c : date)
    if (c >= '0' && c <= '9') c = '9';
  return date.substr(0, 60);
}

bool ready(int descriptor) {
  pollfd asked = {descriptor, POLLIN, 0};
  return poll(&asked, 1, 0) != 0;
}

/// What is kept of an item until it is settled. An association has no id.
struct sent_item {
  std::string id, place;
};

} // namespace

/// One space's stream.
struct importer::lane final : kj::TaskSet::ErrorHandler {
  lane(space s, std::string from) : target(std::move(s)), set(std::move(from)), tasks(*this) {}

  void taskFailed(kj::Exception&& e) override {
    fail({base::errc::internal, e.getDescription().cStr()});
  }
  void fail(base::error why) {
    if (!broken) broken = std::move(why);
    wake();
  }
  void wake() {
    if (waiter) (*waiter)->fulfill();
    waiter.reset();
  }
  std::uint64_t unsettled() const { return sent - settled; }

  space target;
  std::string set;
  std::optional<import_stream> stream;
  import_batch pending;
  std::vector<sent_item> pending_episodes, pending_associations;
  std::size_t pending_bytes = 0;
  std::vector<std::pair<association, std::string>> deferred; // with their places
  std::deque<sent_item> outstanding; // in the order of their numbers, the first is settled + 1
  std::uint64_t sent = 0, settled = 0, known = 0;
  bool finishing = false;
  std::optional<base::error> broken;
  std::optional<kj::Own<kj::PromiseFulfiller<void>>> waiter;
  kj::TaskSet tasks; // last: its tasks use the rest
};

importer::importer(connection node, kj::WaitScope& scope, import_plan plan,
                   import_listener& listener, readable wait)
    : node_(std::move(node)), scope_(scope), plan_(std::move(plan)), listener_(listener),
      wait_(std::move(wait)) {}
importer::~importer() = default;

base::result<void> importer::run(import_source& source) {
  std::vector<import_record> records;
  for (bool more = true; more;) {
    const int descriptor = source.wait_descriptor();
    if (descriptor >= 0 && !ready(descriptor)) {
      TRY(flush_all()); // nothing comes at the moment, so what is there may go
      wait_(descriptor).wait(scope_);
    }
    auto got = source.next(records);
    if (!got) {
      (void)flush_deferred(); // what was read is imported
      for (auto& [set, each] : lanes_) (void)finish(*each);
      return got.error();
    }
    more = *got;
    for (import_record& record : records) TRY(take(std::move(record)));
    records.clear();
    scope_.poll(); // receipts are taken while a large file is read
    tell(source.fraction());
  }
  TRY(flush_deferred());
  for (auto& [set, each] : lanes_) TRY(finish(*each));
  listener_.progressed(counts_, 1);
  return base::success();
}

/// Associations wait for the memories, so reading the input is only a part of the work.
void importer::tell(double input_read) {
  const auto items = static_cast<double>(counts_.read + stated_);
  const double share = items == 0 ? 1 : static_cast<double>(counts_.read + passed_on_) / items;
  listener_.progressed(counts_, input_read < 0 ? input_read : input_read * share);
}

base::result<void> importer::take(import_record record) {
  const std::uint64_t position = counts_.read++;
  if (!record.outcome) {
    refuse(record.place, record.outcome.error());
    return base::success();
  }
  import_item item = *std::move(record.outcome);
  if (!item.ordered) item.what.order = static_cast<std::int64_t>(position);
  if (!item.unread_date.empty()) ++counts_.unread_dates[form_of(item.unread_date)];
  auto to = lane_for(item);
  if (!to) {
    refuse(record.place, to.error());
    return base::success();
  }
  return add(**to, std::move(item), std::move(record.place));
}

base::result<importer::lane*> importer::lane_for(const import_item& item) {
  const std::string& set = plan_.space.empty() ? item.set : plan_.space;
  if (const auto found = lanes_.find(set); found != lanes_.end()) return found->second.get();
  TRY_ASSIGN(const std::string name, space_name_of(set));
  const auto [owner, fresh] = set_of_space_.emplace(name, set);
  if (!fresh)
    return {base::errc::invalid_name,
            "\"" + set + "\" and \"" + owner->second + "\" would both be the space " + name};
  auto made = std::make_unique<lane>(node_.open_space(name), set);
  return lanes_.emplace(set, std::move(made)).first->second.get();
}

base::result<void> importer::add(lane& to, import_item item, std::string place) {
  const std::size_t bytes = bytes_of(item.what);
  to.pending_episodes.push_back({item.what.id, place});
  to.pending.episodes.push_back(std::move(item.what));
  for (association& stated : item.associations) {
    deferred_bytes_ += bytes_of(stated) + place.size();
    to.deferred.emplace_back(std::move(stated), place);
    ++stated_;
  }
  to.pending_bytes += bytes;
  pending_bytes_ += bytes;
  if (deferred_bytes_ >= DEFERRED_BYTES) TRY(flush_deferred());
  if (to.pending.size() >= BATCH_ITEMS || to.pending_bytes >= BATCH_BYTES) return flush(to);
  if (pending_bytes_ >= PENDING_BYTES) return flush_all();
  return base::success();
}

base::result<void> importer::flush_all() {
  for (auto& [set, each] : lanes_) TRY(flush(*each));
  return base::success();
}

/// An association is refused while its memories are unknown, and it may point forward: so
/// associations follow all memories of the input, unless they become too many to be held.
base::result<void> importer::flush_deferred() {
  TRY(flush_all());
  for (auto& [set, each] : lanes_) {
    const auto list = std::exchange(each->deferred, {});
    for (const auto& [stated, place] : list) {
      each->pending_bytes += bytes_of(stated);
      pending_bytes_ += bytes_of(stated);
      each->pending_associations.push_back({{}, place});
      each->pending.associations.push_back(stated);
      ++passed_on_;
      if (each->pending.size() < BATCH_ITEMS) continue;
      TRY(flush(*each));
      tell(1);
    }
    TRY(flush(*each));
  }
  deferred_bytes_ = 0;
  return base::success();
}

base::result<void> importer::flush(lane& of) {
  if (of.pending.size() == 0) return base::success();
  if (!of.stream) TRY(open(of));
  TRY(wait_for_room(of));
  of.sent += of.pending.size();
  for (auto* list : {&of.pending_episodes, &of.pending_associations}) {
    std::move(list->begin(), list->end(), std::back_inserter(of.outstanding));
    list->clear();
  }
  pending_bytes_ -= of.pending_bytes;
  of.pending_bytes = 0;
  const import_batch batch = std::move(of.pending);
  of.pending = {};
  return of.stream->push(batch).wait(scope_);
}

base::result<void> importer::open(lane& of) {
  TRY(ensure_space(of));
  TRY_ASSIGN(of.stream, of.target.open_import(plan_.durability).wait(scope_));
  watch(of);
  return base::success();
}

/// The space as it is, or a new one with the dimension of the first embedding at hand.
base::result<void> importer::ensure_space(lane& of) {
  const auto there = of.target.info().wait(scope_);
  if (!there && there.error().code != base::errc::unknown_space) return there.error();
  if (!there) {
    space_spec spec;
    spec.name = of.target.name();
    for (const episode& e : of.pending.episodes) {
      if (!e.embedding) continue;
      spec.dimension = static_cast<std::uint32_t>(e.embedding->values.size());
      break;
    }
    TRY_ASSIGN(const space_info made, node_.create_space(spec).wait(scope_));
  }
  listener_.space_used(of.set, of.target.name(), !there);
  return base::success();
}

void importer::watch(lane& of) {
  of.tasks.add(
      of.stream->progress(of.settled).then([this, &of](base::result<import_progress> seen) {
        if (!seen) return of.fail(seen.error());
        settle(of, *seen);
        if (!of.finishing || of.unsettled() > 0) watch(of);
      }));
}

void importer::settle(lane& of, const import_progress& seen) {
  const std::uint64_t upto = std::min(seen.settled, of.sent);
  if (upto <= of.settled) return of.wake();
  std::map<std::uint64_t, const base::error*> refused;
  for (const auto& refusal : seen.refused) refused.emplace(refusal.item, &refusal.why);
  std::vector<std::string> ids;
  for (; of.settled < upto; of.outstanding.pop_front()) {
    sent_item& item = of.outstanding.front();
    const auto why = refused.find(++of.settled);
    if (why != refused.end())
      refuse(item.place, *why->second);
    else if (item.id.empty())
      ++counts_.associations;
    else
      ids.push_back(std::move(item.id));
  }
  counts_.acknowledged += ids.size();
  counts_.known += seen.known - std::min(seen.known, of.known);
  of.known = std::max(of.known, seen.known);
  if (auto noted = listener_.acknowledged(ids); !noted) of.fail(noted.error());
  of.wake();
}

base::result<void> importer::wait_for_room(lane& of) {
  while (!of.broken && of.unsettled() >= UNSETTLED_ITEMS) {
    auto moved = kj::newPromiseAndFulfiller<void>();
    of.waiter = kj::mv(moved.fulfiller);
    moved.promise.wait(scope_);
  }
  if (of.broken) return *of.broken;
  return base::success();
}

base::result<void> importer::finish(lane& of) {
  if (!of.stream) return base::success();
  of.finishing = true;
  auto last = of.stream->finish().wait(scope_);
  if (!last) return of.broken ? *of.broken : last.error();
  while (!of.broken && of.unsettled() > 0) {
    auto moved = kj::newPromiseAndFulfiller<void>();
    of.waiter = kj::mv(moved.fulfiller);
    moved.promise.wait(scope_);
  }
  if (of.broken) return *of.broken;
  return base::success();
}

void importer::refuse(const std::string& place, const base::error& why) {
  ++counts_.refused;
  listener_.refused(place, why);
}

} // namespace engram::client
