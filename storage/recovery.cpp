#include "storage/recovery.hpp"

#include "base/bytes.hpp"
#include "base/planted.hpp"
#include "storage/checksum.hpp"
#include "storage/meta_store.hpp"

#include <algorithm>

namespace engram::storage {
namespace {

constexpr std::size_t space_bytes = 4;

std::string space_prefix(std::uint32_t space) {
  base::writer out;
  out.u32_be(space);
  return std::move(out).take();
}

bool is_episode(std::string_view relative) {
  return relative.size() == 1 + entry_key_bytes - space_bytes && relative[0] == episode_item;
}

/// Salt stripped; nullopt: erased.
std::optional<std::string> body_of(std::string_view stored) {
  if (stored.size() < payload_salt_bytes) return std::nullopt;
  return std::string{stored.substr(payload_salt_bytes)};
}

base::error without_payload(const std::string& key, const base::error& why) {
  return {base::errc::corrupt, "episode without its payload: " +
                                   describe_record(column::payload, key) + ": " + why.context};
}

} // namespace

state_reader::state_reader(const store& from, std::uint32_t space)
    : from_(from), space_(space),
      state_(from.scan(column::state, space_prefix(space), space_prefix(space + 1))) {}

state_reader::~state_reader() = default;

base::result<recovered_items> state_reader::next(std::size_t max) {
  recovered_items out;
  out.items.reserve(max);
  while (out.items.size() < max) {
    const auto more = state_->next();
    if (!more) {
      if (more.error().code != base::errc::corrupt) return more.error();
      out.damage.push_back(more.error());
      continue;
    }
    if (!*more) break;
    const auto [key, value] = state_->current();
    auto& item = out.items.emplace_back();
    item.key.assign(key.substr(space_bytes));
    item.value.assign(value);
    if (is_episode(item.key)) {
      attach_payload(item, out.damage);
      if (failed_ && failed_->code != base::errc::corrupt) return *failed_;
    }
  }
  return out;
}

/// Both columns are in the order of (origin, sequence), so one pass over the payloads meets them
/// all.
void state_reader::attach_payload(recovered_item& item, std::vector<base::error>& damage) {
  auto key = space_prefix(space_);
  key.append(item.key, 1);
  if (!payloads_) payloads_ = from_.scan(column::payload, key, space_prefix(space_ + 1));
  if (const auto reached = advance_payloads(key, damage); !reached)
    damage.push_back(without_payload(key, reached.error()));
  else
    item.payload = body_of(payloads_->current().value);
}

base::result<void> state_reader::advance_payloads(const std::string& key,
                                                  std::vector<base::error>& damage) {
  while (!payloads_end_ && payload_key_ < key) {
    const auto more = payloads_->next();
    if (!more) {
      failed_ = more.error();
      if (failed_->code != base::errc::corrupt) return *failed_;
      damage.push_back(*failed_); // names the row or the range; the rest is read on
    } else if (!*more) {
      payloads_end_ = true;
    } else {
      payload_key_.assign(payloads_->current().key);
    }
  }
  if (!payloads_end_ && payload_key_ == key) return {};
  return {base::errc::corrupt, failed_ ? "behind damage" : "it is not there"};
}

base::result<recovered_vector> read_vector(const store& from, std::uint32_t space) {
  TRY_ASSIGN(auto image, read_meta(from, meta::vector_prefix(space)));
  recovered_vector out;
  out.damage = std::move(image.damage);
  out.is_complete = image.is_complete;
  for (const auto& [key, value] : image.rows) {
    TRY_ASSIGN(auto row, meta::decode_vector(key, value));
    out.rows.push_back(row);
  }
  return out;
}

// -- the log above the vector --

namespace {

class tail_reader {
public:
  tail_reader(const store& from, std::uint32_t space, const std::function<void(tail_entry)>& visit)
      : from_(from), space_(space), visit_(visit) {}

  base::result<void> read(std::uint32_t origin, const vector_row& applied) {
    auto expected = applied.applied + 1;
    auto running = applied.running;
    bool gap = false;
    std::vector<base::error> unproven;
    const auto rows = from_.scan(column::log, entry_key(space_, origin, expected),
                                 entry_key(space_, origin + 1, 0));
    for (;;) {
      const auto more = rows->next();
      if (!more) {
        if (more.error().code != base::errc::corrupt) return more.error();
        unproven.push_back(more.error());
        gap = true;
        continue;
      }
      if (!*more) return end(origin, expected, std::move(unproven));
      take(std::exchange(unproven, {}));
      const auto header = decode_header(rows->current().value);
      if (!header) {
        damage.push_back({header.error().code, describe_record(column::log, rows->current().key) +
                                                   ": " + header.error().context});
        gap = true;
        continue;
      }
      gap = gap || (header->sequence != expected && base::planted("apply_above_gap"));
      // Nothing is damaged: what lies between never came, and so comes with what is behind it.
      if (!gap && header->sequence != expected) return {};
      if (!gap && running_hash(running, *header) != header->running) {
        damage.push_back({base::errc::origin_forked,
                          "running hash: " + describe_record(column::log, rows->current().key)});
        return {};
      }
      TRY(give(origin, *header, gap));
      expected = header->sequence + 1;
      running = header->running;
      gap = false;
    }
  }

  std::vector<base::error> damage;

private:
  void take(std::vector<base::error> more) {
    damage.insert(damage.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
  }

  /// Damage up to the end may lie behind the last entry, in what its block holds of others. Every
  /// entry has a payload row, so where none is there was no entry.
  base::result<void> end(std::uint32_t origin, std::uint64_t expected,
                         std::vector<base::error> unproven) {
    if (unproven.empty()) return {};
    const auto payloads = from_.scan(column::payload, entry_key(space_, origin, expected),
                                     entry_key(space_, origin + 1, 0));
    const auto any = payloads->next();
    if (!any && any.error().code != base::errc::corrupt) return any.error();
    if (!any || *any) take(std::move(unproven));
    return {};
  }

  base::result<void> give(std::uint32_t origin, const entry_header& header, bool after_gap) {
    const auto key = entry_key(space_, origin, header.sequence);
    tail_entry out{origin, header, std::nullopt, after_gap};
    const auto payload = from_.get(column::payload, key);
    if (payload) {
      out.payload = body_of(*payload);
    } else if (payload.error().code == base::errc::corrupt ||
               payload.error().code == base::errc::unknown_key) {
      damage.push_back(without_payload(key, payload.error()));
    } else {
      return payload.error();
    }
    visit_(std::move(out));
    return {};
  }

  const store& from_;
  std::uint32_t space_;
  const std::function<void(tail_entry)>& visit_;
};

} // namespace

tail_entry tail_of(std::uint32_t origin, const entry_header& header, std::string_view stored) {
  tail_entry out{origin, header, std::nullopt, false};
  if (stored.size() > payload_salt_bytes) out.payload.emplace(stored.substr(payload_salt_bytes));
  return out;
}

base::result<std::vector<base::error>> read_tail(const store& from, std::uint32_t space,
                                                 const std::vector<std::uint32_t>& origins,
                                                 const std::vector<vector_row>& applied,
                                                 const std::function<void(tail_entry)>& visit) {
  tail_reader reader{from, space, visit};
  if (base::planted("lose_tail")) return std::vector<base::error>{};
  for (const auto origin : origins) {
    const auto row = std::find_if(applied.begin(), applied.end(),
                                  [&](const vector_row& r) { return r.origin == origin; });
    TRY(reader.read(origin, row == applied.end() ? vector_row{space, origin, 0, {}} : *row));
  }
  return std::move(reader.damage);
}

} // namespace engram::storage
