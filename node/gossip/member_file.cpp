#include "node/gossip/member_file.hpp"

#include "base/fields.hpp"
#include "membership/swim/swim_codec.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace engram::node {

namespace {

base::error failed(base::errc code, const std::string& what, const std::string& path) {
  return {code, what + " " + path + ": " + std::strerror(errno)};
}

base::result<void> write_whole(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return base::error{base::errc::write_failed, ""};
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file) != 0) return base::error{base::errc::write_failed, ""};
  return base::success();
}

base::result<void> sync_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return failed(base::errc::write_failed, "cannot open", path);
  const bool synced = ::fsync(folder) == 0;
  ::close(folder);
  if (!synced) return failed(base::errc::write_failed, "cannot sync", path);
  return base::success();
}

} // namespace

std::string encode(const member_image& image) {
  // The members are a table as members send it: one encoding of a record, not two.
  const membership::message table{image.self, "", membership::table{image.members, false}, {}};
  base::field_writer out;
  out.hash(1, image.cluster);
  out.hash(2, image.self.value);
  out.number(3, image.incarnation_max);
  out.text(4, membership::encode(table));
  const std::string body = std::move(out).take();
  base::writer whole;
  whole.u64(base::fast_hash64(body));
  whole.raw(body);
  return std::move(whole).take();
}

base::result<member_image> decode_members(std::string_view bytes) {
  base::reader whole(bytes);
  const auto checksum = whole.u64();
  const auto body = bytes.substr(std::min<std::size_t>(bytes.size(), 8));
  if (whole.bad() || checksum != base::fast_hash64(body))
    return base::error{base::errc::corrupt, "the file of known members"};
  base::field_reader in(body);
  member_image out;
  out.cluster = in.hash(1);
  out.self.value = in.hash(2);
  out.incarnation_max = in.number(3);
  const auto table = in.text(4);
  TRY(in.finish("known members"));
  TRY_ASSIGN(auto message, membership::decode_message(table));
  auto* known = std::get_if<membership::table>(&message.body);
  if (known == nullptr) return base::error{base::errc::corrupt, "the file of known members"};
  out.members = std::move(known->records);
  return out;
}

base::result<std::optional<member_image>> load_members(const std::string& path) {
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown)) return std::optional<member_image>();
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return failed(base::errc::read_failed, "cannot read", path);
  TRY_ASSIGN(auto image, decode_members(bytes));
  return std::optional(std::move(image));
}

base::result<void> save_members(const std::string& path, const member_image& image) {
  const std::string fresh = path + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed(base::errc::write_failed, "cannot create", fresh);
  const auto written = write_whole(file, encode(image));
  const auto why = failed(base::errc::write_failed, "cannot write", fresh);
  ::close(file);
  if (!written) return why;
  if (::rename(fresh.c_str(), path.c_str()) != 0)
    return failed(base::errc::write_failed, "cannot rename", fresh);
  return sync_folder(std::filesystem::path(path).parent_path().string());
}

} // namespace engram::node
