#pragma once
// A repository's log as memories: one per commit, with the author as who and speaker, the
// committer's words and the touched files as text, the repository's name as session.

#include "client/import/record.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace engram::client {

/// One record of `git log` in GIT_LOG_FORMAT with --name-only: commit, author, mail, seconds,
/// subject and body, parted by the unit separator, then the names of files, a line each.
import_record parse_commit(std::string_view record, const std::string& repository);

/// Runs `git log` in `folder`. errc::read_failed: git is missing or it is no repository.
base::result<std::unique_ptr<import_source>> open_git(const std::string& folder);

} // namespace engram::client
