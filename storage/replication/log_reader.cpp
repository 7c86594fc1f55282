#include "storage/replication/log_reader.hpp"

namespace engram::storage {
namespace {

/// nullopt: no such payload, or damaged.
base::result<std::optional<std::string>> stored_payload(const store& from, std::string_view key) {
  auto stored = from.get(column::payload, key);
  if (stored) return std::optional{*std::move(stored)};
  const auto code = stored.error().code;
  if (code == base::errc::unknown_key || code == base::errc::corrupt)
    return std::optional<std::string>{};
  return stored.error();
}

} // namespace

base::result<message::entries> answer_pull(const store& from, log_address where,
                                           const message::pull& asked, std::uint64_t durable) {
  message::entries out{asked.space, asked.origin, true, false, asked.headers_only, {}};
  auto expected = asked.from;
  std::uint64_t bytes = 0;
  const auto rows = from.scan(column::log, entry_key(where.space, where.origin, asked.from),
                              entry_key(where.space, where.origin, durable + 1));
  while (bytes == 0 || bytes < asked.bytes_max) {
    const auto more = rows->next();
    if (!more && more.error().code == base::errc::corrupt) break;
    if (!more) return more.error();
    if (!*more) break;
    const auto header = decode_header(rows->current().value);
    if (!header) break;
    if (header->sequence != expected) {
      if (!asked.headers_only) break;
      expected = header->sequence; // headers that are left, to compare
    }
    message::carried item{*header, {}};
    if (!asked.headers_only) {
      TRY_ASSIGN(auto payload, stored_payload(from, rows->current().key));
      if (!payload) break;
      item.payload = *std::move(payload);
    }
    bytes += 118 + item.payload.size();
    out.items.push_back(std::move(item));
    ++expected;
  }
  out.trimmed = out.items.empty() && asked.from <= durable;
  return out;
}

std::optional<base::hash128> running_at(const store& from, log_address where,
                                        std::uint64_t sequence) {
  const auto row = from.get(column::log, entry_key(where.space, where.origin, sequence));
  if (!row) return std::nullopt;
  const auto header = decode_header(*row);
  if (!header) return std::nullopt;
  return header->running;
}

} // namespace engram::storage
