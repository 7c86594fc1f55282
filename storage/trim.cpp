#include "storage/trim.hpp"

#include "base/bytes.hpp"
#include "storage/entry.hpp"
#include "storage/recovery.hpp"

namespace engram::storage {
namespace {

/// Visits the headers up to the floor; damaged ones are passed over, and go with their neighbours.
template <class Visit>
base::result<void> each_header(const store& from, const vector_row& applied, Visit visit) {
  const auto rows = from.scan(column::log, entry_key(applied.space, applied.origin, 0),
                              entry_key(applied.space, applied.origin, applied.applied + 1));
  for (;;) {
    const auto more = rows->next();
    if (!more && more.error().code != base::errc::corrupt) return more.error();
    if (!more) continue;
    if (!*more) return {};
    const auto header = decode_header(rows->current().value);
    if (header && !visit(*header)) return {};
  }
}

std::uint64_t bytes_of(const entry_header& header, std::size_t header_bytes = 118) {
  return header_bytes + header.payload_bytes;
}

/// Damaged counts as referred to: nothing is given up on the word of a damaged item.
base::result<bool> is_referred_to(const store& from, std::uint32_t space, const std::string& key) {
  base::writer item;
  item.u32_be(space);
  item.u8(static_cast<std::uint8_t>(episode_item));
  item.raw(std::string_view{key}.substr(4));
  const auto found = from.get(column::state, item.view());
  if (found || found.error().code == base::errc::corrupt) return true;
  if (found.error().code == base::errc::unknown_key) return false;
  return found.error();
}

} // namespace

bool trim_rule::goes(std::uint64_t sequence, base::instant stamped, std::uint64_t bytes) {
  const bool recent = left_ <= limits_.keep_bytes || now_ - stamped < limits_.keep;
  const bool wanted = recent && left_ <= limits_.bytes_max;
  if (ended_ || sequence > floor_ || wanted) {
    ended_ = true;
    return false;
  }
  left_ -= bytes < left_ ? bytes : left_;
  return true;
}

base::result<trimmed> trim_log(const store& from, const vector_row& applied,
                               const trim_limits& limits, base::instant now, batch& out) {
  std::uint64_t log_bytes = 0;
  TRY(each_header(from, applied, [&](const entry_header& header) {
    log_bytes += bytes_of(header);
    return true;
  }));
  trim_rule rule{limits, now, applied.applied, log_bytes};
  trimmed done;
  std::uint64_t end = 0; // behind the last that goes
  base::result<void> status;
  TRY(each_header(from, applied, [&](const entry_header& header) {
    if (!rule.goes(header.sequence, header.stamp.wall(), bytes_of(header))) return false;
    if (done.headers == limits.batch_entries_max) {
      done.more = true;
      return false;
    }
    auto key = entry_key(applied.space, applied.origin, header.sequence);
    const auto kept = is_referred_to(from, applied.space, key);
    if (!kept) {
      status = kept.error();
      return false;
    }
    ++done.headers;
    done.bytes += bytes_of(header) - (*kept ? header.payload_bytes : 0);
    end = header.sequence + 1;
    if (*kept) return true;
    ++done.payloads;
    out.erase(column::payload, std::move(key));
    return true;
  }));
  TRY(status);
  if (end > 0)
    out.erase_range(column::log, entry_key(applied.space, applied.origin, 0),
                    entry_key(applied.space, applied.origin, end));
  return done;
}

} // namespace engram::storage
