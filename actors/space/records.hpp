#pragma once
// Memories as a client sees them: the published view says where each lies, the payload column has
// the text. Reads the disk: only on the compute pool.

#include "actors/core/space_view.hpp"
#include "actors/service/reads.hpp"
#include "storage/store.hpp"

namespace engram::actors {

class record_reader {
public:
  record_reader(const storage::store& store, std::uint32_t space, const space_view& view,
                base::instant now)
      : store_(store), space_(space), published_(*view.state), now_(now) {}

  /// errc::damaged names the memory whose bytes cannot be read.
  base::result<memory_record> read(std::uint32_t ordinal) const;
  /// Every version of each id; unknown and deleted ones are left out. errc::damaged.
  base::result<std::vector<memory_record>> find(const std::vector<std::string>& ids) const;
  /// In an order that is the same on every copy: `cursor` survives writes and a reopened space, and
  /// another replica may give the next page. Of what is written meanwhile some comes, nothing
  /// twice. Damaged memories are left out.
  base::result<scan_page> scan(const std::string& cursor, std::uint32_t limit) const;

private:
  bool shown(std::uint32_t ordinal) const;
  std::vector<memory::association> associations_of(std::uint32_t ordinal) const;

  const storage::store& store_;
  std::uint32_t space_;
  const memory::published& published_;
  base::instant now_;
};

} // namespace engram::actors
