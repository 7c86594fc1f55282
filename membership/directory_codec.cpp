#include "membership/directory_types.hpp"

#include "base/fields.hpp"

#include <algorithm>

namespace engram::membership {

namespace {

struct encoder {
  base::field_writer out;

  void operator()(const create_space_op& op) {
    out.text(1, op.what.name);
    out.number(2, op.what.generation);
    out.number(3, op.what.dimension);
    out.text(4, op.what.language);
  }
  void operator()(const drop_space_op& op) {
    out.hash(1, op.identity.value);
    out.text(2, op.name);
  }
  void operator()(const create_key_op& op) {
    base::writer names;
    for (const auto& name : op.spaces) names.field(name);
    out.text(1, op.id);
    out.text(2, op.label);
    out.number(3, static_cast<std::uint64_t>(op.scope));
    out.text(4, names.view());
    out.hash(5, op.salt);
    out.hash(6, op.secret_hash);
    out.number(7, static_cast<std::uint64_t>(op.created.ms));
  }
  void operator()(const revoke_key_op& op) { out.text(1, op.id); }
  void operator()(const raise_level_op& op) { out.number(1, op.level); }
  void operator()(const retire_member_op& op) { out.hash(1, op.member.value); }
};

base::result<directory_op> decode_create_space(base::field_reader& in) {
  create_space_op op;
  op.what.name = in.text(1);
  op.what.generation = in.number32(2);
  op.what.dimension = in.number32(3);
  op.what.language = in.text(4);
  TRY(in.finish("create_space"));
  return directory_op{std::move(op)};
}

base::result<directory_op> decode_drop_space(base::field_reader& in) {
  drop_space_op op;
  op.identity.value = in.hash(1);
  op.name = in.text(2);
  TRY(in.finish("drop_space"));
  return directory_op{std::move(op)};
}

base::result<std::vector<std::string>> decode_names(std::string_view bytes) {
  std::vector<std::string> out;
  base::reader in(bytes);
  while (!in.at_end() && !in.bad()) out.emplace_back(in.field());
  if (in.bad() || std::adjacent_find(out.begin(), out.end(), std::greater_equal<>{}) != out.end())
    return base::error{base::errc::corrupt, "create_key: spaces"};
  return out;
}

base::result<directory_op> decode_create_key(base::field_reader& in) {
  create_key_op op;
  op.id = in.text(1);
  op.label = in.text(2);
  const auto scope = in.number(3);
  const auto names = in.text(4);
  op.salt = in.hash(5);
  op.secret_hash = in.hash(6);
  op.created.ms = static_cast<std::int64_t>(in.number(7));
  TRY(in.finish("create_key"));
  if (scope > static_cast<std::uint64_t>(key_scope::admin))
    return base::error{base::errc::unsupported_format, "create_key: scope"};
  op.scope = static_cast<key_scope>(scope);
  TRY_ASSIGN(op.spaces, decode_names(names));
  return directory_op{std::move(op)};
}

base::result<directory_op> decode_revoke_key(base::field_reader& in) {
  revoke_key_op op{std::string(in.text(1))};
  TRY(in.finish("revoke_key"));
  return directory_op{std::move(op)};
}

base::result<directory_op> decode_raise_level(base::field_reader& in) {
  raise_level_op op{in.number32(1)};
  TRY(in.finish("raise_level"));
  return directory_op{op};
}

base::result<directory_op> decode_retire_member(base::field_reader& in) {
  retire_member_op op{base::store_id{in.hash(1)}};
  TRY(in.finish("retire_member"));
  return directory_op{op};
}

} // namespace

base::space_id space_name::identity() const {
  base::digest128 digest;
  digest.add_field("engram space").add_field(name).add(std::uint64_t{generation});
  digest.add(std::uint64_t{dimension}).add_field(language);
  return base::space_id{digest.finish()};
}

base::space_id directory_identity() {
  return space_name{std::string(directory_name), 1, 0, "none"}.identity();
}

bool valid_space_name(std::string_view name) noexcept {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 64 && plain(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return plain(c) || c == '_' || c == '-'; });
}

directory_kind kind_of(const directory_op& op) noexcept {
  static constexpr directory_kind kinds[] = {
      directory_kind::create_space, directory_kind::drop_space,  directory_kind::create_key,
      directory_kind::revoke_key,   directory_kind::raise_level, directory_kind::retire_member};
  static_assert(std::size(kinds) == std::variant_size_v<directory_op>);
  return kinds[op.index()];
}

std::string encode(const directory_op& op) {
  encoder to;
  std::visit(to, op);
  return std::move(to.out).take();
}

base::result<directory_op> decode_directory_op(std::uint8_t kind, std::string_view bytes) {
  base::field_reader in(bytes);
  switch (static_cast<directory_kind>(kind)) {
  case directory_kind::create_space:
    return decode_create_space(in);
  case directory_kind::drop_space:
    return decode_drop_space(in);
  case directory_kind::create_key:
    return decode_create_key(in);
  case directory_kind::revoke_key:
    return decode_revoke_key(in);
  case directory_kind::raise_level:
    return decode_raise_level(in);
  case directory_kind::retire_member:
    return decode_retire_member(in);
  }
  return base::error{base::errc::unsupported_format,
                     "directory entry kind " + std::to_string(kind)};
}

} // namespace engram::membership
