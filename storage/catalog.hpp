#pragma once
// What a data folder is: its identity, the runs and spaces it knows, and the local numbers that
// keys use for them. Opening draws a new run (origin) and makes it durable before anything else, so
// no (origin, sequence) is ever written twice, whatever a disk forgot.
//
// Owner and thread: whoever owns the log writer. Changes are made in memory and in a batch at once;
// the batch has to be written before the number is used. Invariant: numbers are never used again.

#include "base/random.hpp"
#include "storage/meta_rows.hpp"
#include "storage/store.hpp"

#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace engram::storage {

struct opening {
  /// Of a folder that is new; ignored by one that has a cluster already.
  std::optional<base::hash128> cluster;
  bool joining = false; // others have that cluster's directory; ignored likewise
  /// Draw a new store id: for a copied folder that is to live beside its original.
  bool new_identity = false;
};

/// What a folder says it is, before it is opened; nothing when it is new.
base::result<std::optional<folder_row>> look_at_folder(const store& at);

class catalog {
public:
  /// Creates what a new folder needs, or reads it; draws this run. errc::unsupported_format:
  /// written by a later version. errc::corrupt: its identity is lost, in both copies.
  static base::result<catalog> open(store& in, base::entropy& entropy, base::instant now,
                                    const opening& how = {});

  const folder_row& folder() const noexcept { return folder_; }
  const run_row& self() const noexcept { return runs_.at(self_); }
  /// The newest stamp this store made before it was opened.
  base::hlc newest_stamp() const noexcept { return newest_stamp_; }
  /// By number, dropped ones included.
  const std::map<std::uint32_t, run_row>& runs() const noexcept { return runs_; }
  const std::map<std::uint32_t, space_row>& spaces() const noexcept { return spaces_; }
  /// Rows that could not be read, or only from their second copy.
  const std::vector<base::error>& damage() const noexcept { return damage_; }

  std::optional<std::uint32_t> space_number(const base::space_id& identity) const;
  std::optional<std::uint32_t> run_number(const base::origin_id& origin) const;

  /// The number it has already, or a new one. A dropped space keeps its number and stays dropped.
  std::uint32_t add_space(const base::space_id& identity, std::string spec, batch& out);
  std::uint32_t add_run(const base::origin_id& origin, batch& out);
  /// A snapshot was staged under `staged`: from now on it is the space, and `replaced` bears what
  /// the staged one bore. Requires: both numbers are known.
  void exchange_spaces(std::uint32_t replaced, std::uint32_t staged, batch& out);
  /// Erases its log, payloads, state and vector. Requires: the number is known.
  void drop_space(std::uint32_t number, batch& out);

  /// This store holds no copy any more, though the space lives: another may come, under another
  /// number. Erases as drop_space() does.
  void release_space(std::uint32_t number, batch& out);

  /// What a copy is not, until it is: a restart must not take it for more.
  static constexpr std::string_view mark_filling = "filling"; // lacks what was there when it came
  static constexpr std::string_view mark_unexplained = "unexplained"; // see erasures.hpp
  /// Requires: the number is known.
  void mark(std::uint32_t number, std::string_view what, bool on, batch& out);
  bool is_marked(std::uint32_t number, std::string_view what) const;

  /// The directory of the cluster that this folder joined has not come yet.
  bool is_joining() const noexcept { return folder_.joining; }
  void joined(batch& out);

  /// A snapshot under way, or given up.
  static bool is_staged(const space_row& row) { return row.spec == staged_spec; }
  static constexpr const char* staged_spec = "staged";
  /// At opening, when no snapshot is under way: their rows go.
  void drop_staged(batch& out);

private:
  catalog() = default;
  base::result<void> read(const store& from);
  base::result<void> read_numbered(const store& from);
  void draw_run(base::entropy& entropy, base::instant now, batch& out);

  folder_row folder_;
  std::uint32_t self_ = 0;
  base::hlc newest_stamp_;
  std::map<std::uint32_t, run_row> runs_;
  std::map<std::uint32_t, space_row> spaces_;
  std::map<base::origin_id, std::uint32_t> run_numbers_;
  std::map<base::space_id, std::uint32_t> space_numbers_;
  std::uint32_t last_run_ = 0, last_space_ = 0; // of unreadable rows too
  std::vector<base::error> damage_;
};

} // namespace engram::storage
