#pragma once
// Meta rows are few and everything hangs on them, so each is written twice, in one batch: in the
// meta column and, under space number 0, in the state column. One damaged block never takes both.

#include "storage/store.hpp"

#include <map>

namespace engram::storage {

void put_meta(batch& out, std::string key, std::string value);
void erase_meta_prefix(batch& out, const std::string& prefix);

struct meta_image {
  std::map<std::string, std::string> rows;
  std::vector<base::error> damage; // of either copy; `rows` has what one of them still had
  bool is_complete = true;         // one of the copies was whole
};

/// All rows whose key starts with `prefix`. An error only when the store cannot be read at all.
base::result<meta_image> read_meta(const store& from, const std::string& prefix);

} // namespace engram::storage
