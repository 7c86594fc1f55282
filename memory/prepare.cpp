#include "memory/prepare.hpp"

#include "base/bytes.hpp"
#include "memory/codec.hpp"
#include "memory/validate.hpp"

namespace engram::memory {
namespace {

base::memory_key association_key(const prepared& p, std::string_view kind) {
  return {base::digest128()
              .add_field("engram association")
              .add(p.source.value)
              .add(p.target.value)
              .add_field(kind)
              .finish()};
}

/// Names what the operation is about.
void name_subject(prepared& p, const space_config& config) {
  const auto key = [&config](std::string_view id) { return memory_key_of(config.identity, id); };
  if (p.what) {
    p.subject = key(p.what->id);
  } else if (const auto* associate = std::get_if<associate_op>(&p.operation)) {
    p.source = key(associate->what.source);
    p.target = key(associate->what.target);
    p.subject = association_key(p, associate->what.kind);
  } else if (const auto* forget = std::get_if<forget_op>(&p.operation)) {
    p.subject = key(forget->id);
  } else if (const auto* configure = std::get_if<configure_op>(&p.operation)) {
    p.subject = {base::digest128().add_field("engram setting").add_field(configure->name).finish()};
  }
}

/// Moves the operation in. Requires: canonical, and encoded already.
void hold(prepared& p, operation what, const space_config& config, const analyser& words) {
  p.kind = kind_of(what);
  if (auto* remember = std::get_if<remember_op>(&what)) {
    auto episode_held = std::make_shared<const episode>(std::move(remember->what));
    p.words = std::make_shared<const analysed>(words.analyse(*episode_held));
    p.what = std::move(episode_held);
    p.operation = remember_op{};
  } else {
    p.operation = std::move(what);
  }
  name_subject(p, config);
}

base::hash128 hash_operation(const prepared& p, const space_config& config,
                             std::string_view operation_id) {
  if (p.kind == entry_kind::remember) return p.subject.value;
  base::digest128 id;
  id.add_field("engram operation").add(config.identity.value);
  if (operation_id.empty()) return id.add(p.content).finish();
  return id.add_field(operation_id).finish();
}

} // namespace

base::result<prepared> prepare(operation asked, const space_config& config, const limits& bounds,
                               const analyser& words, std::string_view operation_id) {
  TRY(validate(asked, config, bounds));
  if (operation_id.size() > bounds.id_bytes_max)
    return base::error{base::errc::field_too_long,
                       "field=operation_id id_bytes_max=" + std::to_string(bounds.id_bytes_max)};
  canonicalise(asked);
  encoded bytes = encode(asked);

  prepared p;
  p.content = bytes.content;
  p.payload = std::move(bytes.payload);
  hold(p, std::move(asked), config, words);
  p.operation_hash = hash_operation(p, config, operation_id);
  return p;
}

base::result<prepared> decode_prepared(entry_kind kind, std::string payload,
                                       const space_config& config, const analyser& words) {
  TRY_ASSIGN(operation what, decode(kind, payload));
  prepared p;
  p.content = content_hash(what);
  p.payload = std::move(payload);
  hold(p, std::move(what), config, words);
  p.operation_hash = hash_operation(p, config, {});
  return p;
}

} // namespace engram::memory
