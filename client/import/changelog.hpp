#pragma once
// Debian changelogs (deb-changelog(5)) as memories: one per version of a source package, with the
// maintainer as who, the package as session, the version in the title and the bullet items as text.

#include "client/import/record.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace engram::client {

/// The entries of one changelog, in its order (newest first). The id is "package/version". Bytes
/// that are not UTF-8 are read as Latin-1, which old entries are written in. Text after the first
/// entry that belongs to none (old changelogs end in other formats) is passed over; a file without
/// any entry is refused.
std::vector<import_record> parse_changelog(std::string_view text);

/// A changelog file (plain or gzip), or a folder: then all FOLDER/*/changelog.Debian.gz, as
/// /usr/share/doc has them. Binary packages share their source's changelog: each version is given
/// once. errc::read_failed: nothing is there.
base::result<std::unique_ptr<import_source>> open_changelogs(const std::string& path);

} // namespace engram::client
