#include "storage/meta_store.hpp"

namespace engram::storage {
namespace {

std::string mirror_key(std::string_view key) {
  std::string out(4, '\0');
  out.append(key);
  return out;
}

base::result<void> read_copy(const store& from, column c, const std::string& prefix,
                             std::size_t skip, meta_image& image) {
  const auto rows = from.scan(c, prefix, prefix_end(prefix));
  for (;;) {
    const auto more = rows->next();
    if (!more) {
      if (more.error().code != base::errc::corrupt) return more.error();
      image.damage.push_back(more.error());
    } else if (!*more) {
      return {};
    } else {
      const auto [key, value] = rows->current();
      image.rows.emplace(key.substr(skip), value);
    }
  }
}

} // namespace

void put_meta(batch& out, std::string key, std::string value) {
  out.put(column::state, mirror_key(key), value);
  out.put(column::meta, std::move(key), std::move(value));
}

void erase_meta_prefix(batch& out, const std::string& prefix) {
  const auto mirror = mirror_key(prefix);
  out.erase_range(column::state, mirror, prefix_end(mirror));
  out.erase_range(column::meta, prefix, prefix_end(prefix));
}

base::result<meta_image> read_meta(const store& from, const std::string& prefix) {
  meta_image image;
  TRY(read_copy(from, column::meta, prefix, 0, image));
  if (image.damage.empty()) return image;
  const auto of_first = image.damage.size();
  TRY(read_copy(from, column::state, mirror_key(prefix), 4, image));
  image.is_complete = image.damage.size() == of_first;
  return image;
}

} // namespace engram::storage
