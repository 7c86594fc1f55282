#include "storage/rocks/rocks_status.hpp"

namespace engram::storage {
namespace {

base::errc code_of_open(const rocksdb::Status& status, const std::string& text) {
  // RocksDB tells a held lock from other trouble only by its words: "IO error: While lock file:
  // ..." from another process, "IO error: lock hold by current process ..." from this one.
  if (status.IsIOError() && text.find("lock ") != std::string::npos &&
      text.find("LOCK") != std::string::npos)
    return base::errc::data_in_use;
  if (status.IsCorruption()) return base::errc::corrupt;
  if (status.IsNotSupported()) return base::errc::unsupported_format;
  // Column families that this version does not know.
  if (status.IsInvalidArgument() && text.find("olumn famil") != std::string::npos)
    return base::errc::unsupported_format;
  return base::errc::read_failed;
}

base::errc code_of_read(const rocksdb::Status& status) {
  if (status.IsNotFound()) return base::errc::unknown_key;
  if (status.IsCorruption()) return base::errc::corrupt;
  return base::errc::read_failed;
}

} // namespace

base::error to_error(const rocksdb::Status& status, access how, const std::string& what) {
  const auto text = status.ToString();
  base::errc code = base::errc::internal;
  switch (how) {
  case access::open:
    code = code_of_open(status, text);
    break;
  case access::read:
    code = code_of_read(status);
    break;
  case access::write:
    code = base::errc::write_failed;
    break; // all of them indefinite
  }
  return {code, what + (status.IsNoSpace() ? ": no space left: " : ": ") + text};
}

} // namespace engram::storage
