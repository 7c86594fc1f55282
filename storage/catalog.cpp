#include "storage/catalog.hpp"

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/planted.hpp"
#include "storage/entry.hpp"
#include "storage/meta_store.hpp"

#include <algorithm>

namespace engram::storage {
namespace {

/// The numbered part of a run's or a space's key; 0 when it has another form.
std::uint32_t number_in(std::string_view key) {
  base::reader in{key};
  (void)in.u8();
  const auto number = in.u32_be();
  return in.done() ? number : 0;
}

void append(std::vector<base::error>& to, std::vector<base::error> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

} // namespace

base::result<std::optional<folder_row>> look_at_folder(const store& at) {
  TRY_ASSIGN(auto folder, read_meta(at, meta::folder_key()));
  const auto row = folder.rows.find(meta::folder_key());
  if (row != folder.rows.end()) {
    TRY_ASSIGN(auto found, meta::decode_folder(row->second));
    return std::optional(found);
  }
  if (!folder.damage.empty())
    return {base::errc::corrupt, "the data folder's identity: " + folder.damage.front().context};
  return std::optional<folder_row>();
}

base::result<catalog> catalog::open(store& in, base::entropy& entropy, base::instant now,
                                    const opening& how) {
  catalog out;
  TRY(out.read(in));
  batch changes;
  const bool fresh = out.folder_.store.is_zero();
  if (fresh || how.new_identity) out.folder_.store.value = entropy.draw();
  if (out.folder_.cluster.is_zero()) {
    out.folder_.cluster = how.cluster ? *how.cluster : entropy.draw();
    out.folder_.joining = how.joining;
  }
  put_meta(changes, meta::folder_key(), meta::encode(out.folder_));
  out.draw_run(entropy, now, changes);
  TRY(in.write(changes, true));
  return out;
}

base::result<void> catalog::read(const store& from) {
  TRY_ASSIGN(auto folder, read_meta(from, meta::folder_key()));
  append(damage_, std::move(folder.damage));
  if (const auto row = folder.rows.find(meta::folder_key()); row != folder.rows.end()) {
    TRY_ASSIGN(folder_, meta::decode_folder(row->second));
  } else if (!damage_.empty()) {
    return {base::errc::corrupt, "the data folder's identity: " + damage_.front().context};
  }
  TRY_ASSIGN(auto clock, read_meta(from, meta::clock_key()));
  append(damage_, std::move(clock.damage));
  if (const auto row = clock.rows.find(meta::clock_key()); row != clock.rows.end()) {
    TRY_ASSIGN(newest_stamp_, meta::decode_clock(row->second));
  }
  TRY(read_numbered(from));
  // A folder without identity but with rows is not new: something took it.
  if (folder_.store.is_zero() && (!runs_.empty() || !spaces_.empty()))
    return {base::errc::corrupt, "the data folder's identity is missing"};
  return {};
}

base::result<void> catalog::read_numbered(const store& from) {
  TRY_ASSIGN(auto runs, read_meta(from, "O"));
  append(damage_, std::move(runs.damage));
  for (const auto& [key, value] : runs.rows) {
    last_run_ = std::max(last_run_, number_in(key));
    TRY_ASSIGN(auto row, meta::decode_run(key, value));
    run_numbers_.emplace(row.origin, row.number);
    runs_.emplace(row.number, row);
  }
  TRY_ASSIGN(auto spaces, read_meta(from, "S"));
  append(damage_, std::move(spaces.damage));
  for (const auto& [key, value] : spaces.rows) {
    last_space_ = std::max(last_space_, number_in(key));
    TRY_ASSIGN(auto row, meta::decode_space(key, value));
    space_numbers_.emplace(row.identity, row.number);
    spaces_.emplace(row.number, std::move(row));
  }
  return {};
}

void catalog::draw_run(base::entropy& entropy, base::instant now, batch& out) {
  if (base::planted("reuse_origin")) {
    for (const auto& [number, known] : runs_)
      if (known.own) self_ = number;
    if (self_ != 0) return;
  }
  run_row row;
  row.number = ++last_run_;
  row.origin.value = entropy.draw();
  row.own = true;
  row.opened = now;
  CHECK(!row.origin.is_zero() && run_numbers_.count(row.origin) == 0);
  put_meta(out, meta::run_key(row.number), meta::encode(row));
  run_numbers_.emplace(row.origin, row.number);
  self_ = row.number;
  runs_.emplace(row.number, row);
}

std::optional<std::uint32_t> catalog::space_number(const base::space_id& identity) const {
  const auto found = space_numbers_.find(identity);
  if (found == space_numbers_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::uint32_t> catalog::run_number(const base::origin_id& origin) const {
  const auto found = run_numbers_.find(origin);
  if (found == run_numbers_.end()) return std::nullopt;
  return found->second;
}

std::uint32_t catalog::add_space(const base::space_id& identity, std::string spec, batch& out) {
  if (const auto known = space_number(identity)) return *known;
  space_row row;
  row.number = ++last_space_;
  row.identity = identity;
  row.spec = std::move(spec);
  put_meta(out, meta::space_key(row.number), meta::encode(row));
  space_numbers_.emplace(identity, row.number);
  spaces_.emplace(row.number, std::move(row));
  return last_space_;
}

std::uint32_t catalog::add_run(const base::origin_id& origin, batch& out) {
  if (const auto known = run_number(origin)) return *known;
  run_row row;
  row.number = ++last_run_;
  row.origin = origin;
  put_meta(out, meta::run_key(row.number), meta::encode(row));
  run_numbers_.emplace(origin, row.number);
  runs_.emplace(row.number, row);
  return last_run_;
}

void catalog::exchange_spaces(std::uint32_t replaced, std::uint32_t staged, batch& out) {
  auto& before = spaces_.at(replaced);
  auto& after = spaces_.at(staged);
  std::swap(before.identity, after.identity);
  std::swap(before.spec, after.spec);
  for (const auto* row : {&before, &after}) {
    space_numbers_[row->identity] = row->number;
    put_meta(out, meta::space_key(row->number), meta::encode(*row));
  }
}

void catalog::drop_space(std::uint32_t number, batch& out) {
  const auto row = spaces_.find(number);
  CHECK(row != spaces_.end(), number);
  row->second.dropped = true;
  row->second.spec.clear();
  put_meta(out, meta::space_key(number), meta::encode(row->second));
  erase_meta_prefix(out, meta::vector_prefix(number));
  base::writer first, last;
  first.u32_be(number);
  last.u32_be(number + 1);
  for (const auto c : {column::log, column::payload, column::state})
    out.erase_range(c, first.view(), last.view());
}

void catalog::release_space(std::uint32_t number, batch& out) {
  drop_space(number, out);
  auto& row = spaces_.at(number);
  space_numbers_.erase(row.identity);
  row.identity.value =
      base::digest128().add("released").add(row.identity.value).add(number).finish();
  space_numbers_[row.identity] = number;
  put_meta(out, meta::space_key(number), meta::encode(row));
}

void catalog::mark(std::uint32_t number, std::string_view what, bool on, batch& out) {
  if (is_marked(number, what) == on) return;
  auto& row = spaces_.at(number);
  if (on)
    row.spec.append(what).append(";");
  else
    row.spec.erase(row.spec.find(what), what.size() + 1);
  put_meta(out, meta::space_key(number), meta::encode(row));
}

bool catalog::is_marked(std::uint32_t number, std::string_view what) const {
  const auto row = spaces_.find(number);
  return row != spaces_.end() && row->second.spec.find(what) != std::string::npos;
}

void catalog::joined(batch& out) {
  folder_.joining = false;
  put_meta(out, meta::folder_key(), meta::encode(folder_));
}

void catalog::drop_staged(batch& out) {
  for (const auto& [number, row] : spaces_)
    if (!row.dropped && is_staged(row)) drop_space(number, out);
}

} // namespace engram::storage
