#include "storage/meta_rows.hpp"

#include "base/bytes.hpp"
#include "base/fields.hpp"

namespace engram::storage::meta {
namespace {

std::string numbered(char kind, std::uint32_t number) {
  base::writer key;
  key.u8(static_cast<std::uint8_t>(kind));
  key.u32_be(number);
  return std::move(key).take();
}

/// The number behind the letter.
base::result<std::uint32_t> number_of(std::string_view key) {
  base::reader in{key};
  (void)in.u8();
  const auto number = in.u32_be();
  if (!in.done()) return {base::errc::corrupt, "meta key=" + base::to_hex(key)};
  return number;
}

} // namespace

std::string folder_key() { return "F"; }
std::string clock_key() { return "H"; }
std::string run_key(std::uint32_t number) { return numbered('O', number); }
std::string space_key(std::uint32_t number) { return numbered('S', number); }
std::string vector_prefix(std::uint32_t space) { return numbered('V', space); }

std::string vector_key(std::uint32_t space, std::uint32_t origin) {
  base::writer key;
  key.u8('V');
  key.u32_be(space);
  key.u32_be(origin);
  return std::move(key).take();
}

std::string encode(const folder_row& row) {
  base::field_writer out;
  out.number(1, row.format);
  out.hash(2, row.store.value);
  out.hash(3, row.cluster);
  out.number(4, row.joining ? 1 : 0);
  return std::move(out).take();
}

std::string encode(const run_row& row) {
  base::field_writer out;
  out.hash(1, row.origin.value);
  out.number(2, row.own ? 1 : 0);
  out.signed_number(3, row.opened.ms);
  return std::move(out).take();
}

std::string encode(const space_row& row) {
  base::field_writer out;
  out.hash(1, row.identity.value);
  out.number(2, row.dropped ? 1 : 0);
  out.text(3, row.spec);
  return std::move(out).take();
}

std::string encode(const vector_row& row) {
  base::field_writer out;
  out.number(1, row.applied);
  out.hash(2, row.running);
  return std::move(out).take();
}

std::string encode(base::hlc stamp) {
  base::field_writer out;
  out.number(1, stamp.value);
  return std::move(out).take();
}

base::result<folder_row> decode_folder(std::string_view value) {
  base::field_reader in{value};
  folder_row row;
  row.format = in.number32(1);
  // A later format may have fields of its own: say what it is before saying they are unknown.
  if (row.format > format_version)
    return {base::errc::unsupported_format, "data folder format=" + std::to_string(row.format)};
  row.store.value = in.hash(2);
  row.cluster = in.hash(3);
  const auto joining = in.number(4);
  row.joining = joining == 1;
  if (row.format == 0 || row.store.is_zero() || joining > 1) in.reject();
  TRY(in.finish("data folder"));
  return row;
}

base::result<run_row> decode_run(std::string_view key, std::string_view value) {
  run_row row;
  TRY_ASSIGN(row.number, number_of(key));
  base::field_reader in{value};
  row.origin.value = in.hash(1);
  const auto own = in.number(2);
  row.own = own == 1;
  row.opened.ms = in.signed_number(3);
  if (row.number == 0 || row.origin.is_zero() || own > 1) in.reject();
  TRY(in.finish("run"));
  return row;
}

base::result<space_row> decode_space(std::string_view key, std::string_view value) {
  space_row row;
  TRY_ASSIGN(row.number, number_of(key));
  base::field_reader in{value};
  row.identity.value = in.hash(1);
  const auto dropped = in.number(2);
  row.dropped = dropped == 1;
  row.spec = in.text(3);
  if (row.number == 0 || row.identity.is_zero() || dropped > 1) in.reject();
  TRY(in.finish("space"));
  return row;
}

base::result<vector_row> decode_vector(std::string_view key, std::string_view value) {
  base::reader numbers{key};
  (void)numbers.u8();
  vector_row row;
  row.space = numbers.u32_be();
  row.origin = numbers.u32_be();
  if (!numbers.done()) return {base::errc::corrupt, "meta key=" + base::to_hex(key)};
  base::field_reader in{value};
  row.applied = in.number(1);
  row.running = in.hash(2);
  TRY(in.finish("vector"));
  return row;
}

base::result<base::hlc> decode_clock(std::string_view value) {
  base::field_reader in{value};
  const base::hlc stamp{in.number(1)};
  TRY(in.finish("clock"));
  return stamp;
}

} // namespace engram::storage::meta
