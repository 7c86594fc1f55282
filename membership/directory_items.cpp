#include "membership/directory_items.hpp"

#include "base/fields.hpp"

namespace engram::membership {

namespace {

// Persisted: do not change the letters.
constexpr char space_letter = 'S', drop_letter = 'D', key_letter = 'K', revocation_letter = 'R',
               level_letter = 'L', retired_letter = 'M';

std::string key_of(char letter, const base::hash128& which) {
  base::writer out;
  out.u8(static_cast<std::uint8_t>(letter));
  out.u64_be(which.high);
  out.u64_be(which.low);
  return std::move(out).take();
}

base::hash128 digest_of(std::string_view what, std::string_view text) {
  return base::digest128().add_field(what).add_field(text).finish();
}

base::result<directory_state> read_space(base::field_reader& in) {
  space_row row;
  row.what.name = in.text(1);
  row.what.generation = in.number32(2);
  row.what.dimension = in.number32(3);
  row.what.language = in.text(4);
  row.created.value = in.number(5);
  TRY(in.finish("directory space"));
  row.identity = row.what.identity();
  return directory_state{std::move(row)};
}

base::result<directory_state> read_key(base::field_reader& in) {
  key_row row;
  const auto op = in.text(1);
  row.stamp.value = in.number(2);
  row.operation = in.hash(3);
  row.created = true;
  TRY(in.finish("directory key"));
  TRY_ASSIGN(auto decoded,
             decode_directory_op(static_cast<std::uint8_t>(directory_kind::create_key), op));
  row.what = std::get<create_key_op>(std::move(decoded));
  return directory_state{std::move(row)};
}

base::result<directory_state> read_value(char letter, std::string_view value) {
  base::field_reader in(value);
  switch (letter) {
  case space_letter:
    return read_space(in);
  case key_letter:
    return read_key(in);
  case drop_letter: {
    drop_item item{base::space_id{in.hash(1)}, std::string(in.text(2))};
    TRY(in.finish("directory drop"));
    return directory_state{std::move(item)};
  }
  case revocation_letter: {
    revocation_item item{std::string(in.text(1))};
    TRY(in.finish("directory revocation"));
    return directory_state{std::move(item)};
  }
  case level_letter: {
    level_item item{in.number32(1)};
    TRY(in.finish("directory level"));
    return directory_state{item};
  }
  case retired_letter: {
    retired_item item{base::store_id{in.hash(1)}};
    TRY(in.finish("directory retired member"));
    return directory_state{item};
  }
  default:
    return base::error{base::errc::unsupported_format, "directory item"};
  }
}

struct key_maker {
  std::string operator()(const space_row& row) const { return item_of_space(row).key; }
  std::string operator()(const drop_item& d) const { return item_of_drop(d.identity, d.name).key; }
  std::string operator()(const key_row& row) const { return item_of_key(row).key; }
  std::string operator()(const revocation_item& r) const { return item_of_revocation(r.id).key; }
  std::string operator()(const level_item& l) const { return item_of_level(l.level).key; }
  std::string operator()(const retired_item& r) const { return item_of_retired(r.member).key; }
};

} // namespace

directory_item item_of_space(const space_row& row) {
  base::field_writer out;
  out.text(1, row.what.name);
  out.number(2, row.what.generation);
  out.number(3, row.what.dimension);
  out.text(4, row.what.language);
  out.number(5, row.created.value);
  return {key_of(space_letter, row.identity.value), std::move(out).take()};
}

directory_item item_of_drop(const base::space_id& identity, const std::string& name) {
  base::field_writer out;
  out.hash(1, identity.value);
  out.text(2, name);
  const auto which = base::digest128().add(identity.value).add_field(name).finish();
  return {key_of(drop_letter, which), std::move(out).take()};
}

directory_item item_of_key(const key_row& row) {
  base::field_writer out;
  out.text(1, encode(directory_op{row.what}));
  out.number(2, row.stamp.value);
  out.hash(3, row.operation);
  return {key_of(key_letter, digest_of("key", row.what.id)), std::move(out).take()};
}

directory_item item_of_revocation(const std::string& id) {
  base::field_writer out;
  out.text(1, id);
  return {key_of(revocation_letter, digest_of("key", id)), std::move(out).take()};
}

directory_item item_of_level(std::uint32_t level) {
  base::field_writer out;
  out.number(1, level);
  return {key_of(level_letter, {}), std::move(out).take()};
}

directory_item item_of_retired(const base::store_id& member) {
  base::field_writer out;
  out.hash(1, member.value);
  return {key_of(retired_letter, member.value), std::move(out).take()};
}

base::result<directory_state> read_item(std::string_view key, std::string_view value) {
  if (key.empty()) return base::error{base::errc::corrupt, "directory item without a key"};
  TRY_ASSIGN(auto state, read_value(key.front(), value));
  if (std::visit(key_maker{}, state) != key)
    return base::error{base::errc::corrupt, "directory item under another's key"};
  return state;
}

} // namespace engram::membership
