#include "membership/concepts/sheet.hpp"

#include "base/bytes.hpp"

namespace engram::membership {

namespace {
constexpr std::uint64_t record_overhead = 48; // two hashes and a length
} // namespace

base::hash128 content_of(std::span<const sheet_record> records) {
  base::digest128 out;
  out.add(std::uint64_t{records.size()});
  for (const auto& record : records)
    out.add(record.name).add(record.version).add_field(record.bytes);
  return out.finish();
}

std::uint64_t tag_of(const sheet_record& record) {
  base::writer out;
  for (const auto part :
       {record.name.high, record.name.low, record.version.high, record.version.low})
    out.u64(part);
  out.raw(record.bytes);
  return base::fast_hash64(out.view());
}

std::uint64_t bytes_of(const sheet_record& record) noexcept {
  return record.bytes.size() + record_overhead;
}

std::uint64_t bytes_of(std::span<const sheet_record> records) noexcept {
  std::uint64_t out = 0;
  for (const auto& record : records) out += bytes_of(record);
  return out;
}

} // namespace engram::membership
