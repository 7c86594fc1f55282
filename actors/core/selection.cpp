#include "actors/core/selection.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

base::result<std::vector<membership::space_row>> named(const membership::directory& known,
                                                       std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<membership::space_row> out;
  for (const auto& name : names) {
    const auto* row = known.resolve(name);
    if (row == nullptr) return {base::errc::unknown_space, "space=" + name.substr(0, 80)};
    out.push_back(*row);
  }
  return out;
}

} // namespace

base::result<std::vector<membership::space_row>> select(const membership::directory& known,
                                                        const space_selector& what,
                                                        const std::vector<std::string>& readable,
                                                        std::size_t most) {
  std::vector<membership::space_row> out;
  if (!what.names.empty()) {
    TRY_ASSIGN(out, named(known, what.names));
  } else {
    for (auto& row : known.resolvable()) {
      const auto& name = row.what.name;
      if (name.compare(0, what.prefix.size(), what.prefix) != 0) continue;
      if (readable.empty() || std::find(readable.begin(), readable.end(), name) != readable.end())
        out.push_back(std::move(row));
    }
    if (out.empty())
      return {base::errc::unknown_space,
              "no space begins with \"" + what.prefix.substr(0, 80) + "\""};
  }
  if (out.size() > most)
    return {base::errc::batch_too_large,
            std::to_string(out.size()) + " spaces, at most " + std::to_string(most)};
  return out;
}

} // namespace engram::actors
