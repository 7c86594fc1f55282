#include "client/import/changelog.hpp"

#include "base/bytes.hpp"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <unordered_set>

namespace engram::client {

namespace {

std::string from_latin1(std::string_view text) {
  std::string made;
  made.reserve(text.size() + 16);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      made.push_back(c);
    } else {
      made.push_back(static_cast<char>(0xC0 | (byte >> 6)));
      made.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  return made;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// "package (version) distribution…; key=value, key=value"
std::optional<import_item> parse_heading(std::string_view line) {
  const auto open = line.find(" (");
  const auto close = line.find(')', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos || open == 0)
    return std::nullopt;
  const auto package = line.substr(0, open);
  const auto version = trim(line.substr(open + 2, close - open - 2));
  if (version.empty() || package.find_first_of(" \t") != std::string_view::npos)
    return std::nullopt;
  import_item made;
  made.what.id = std::string{package} + "/" + std::string{version};
  made.what.title = std::string{package} + " " + std::string{version};
  made.what.session = package;
  auto rest = line.substr(close + 1);
  const auto keys = rest.find(';');
  if (keys == std::string_view::npos) return std::nullopt;
  if (const auto where = trim(rest.substr(0, keys)); !where.empty())
    made.what.tags.emplace_back(where);
  const auto urgency = rest.find("urgency=", keys);
  if (urgency != std::string_view::npos) {
    const auto value = rest.substr(urgency, rest.find_first_of(" ,;\r", urgency) - urgency);
    made.what.tags.emplace_back(value);
  }
  return made;
}

/// " -- Name <mail>  date"
void parse_trailer(std::string_view line, import_item& into) {
  line.remove_prefix(4);
  const auto open = line.find('<');
  const auto close = line.find('>', open == std::string_view::npos ? 0 : open);
  std::string_view name = trim(line.substr(0, std::min(open, line.size())));
  if (close == std::string_view::npos) {
    into.unread_date = trim(line);
    return;
  }
  if (name.empty()) name = trim(line.substr(open + 1, close - open - 1));
  if (!name.empty()) into.what.who.emplace_back(name);
  const auto date = trim(line.substr(close + 1));
  into.what.when = base::parse_time(date);
  if (!into.what.when) into.unread_date = date.empty() ? "(no date)" : date;
}

bool is_bullet(std::string_view text) {
  return text.size() > 1 && (text[0] == '*' || text[0] == '-' || text[0] == '+') && text[1] == ' ';
}

/// Items on lines of their own, their continuation lines joined.
void append_item_line(std::string_view line, std::string& text) {
  line = trim(line);
  if (line.empty() || line == ".") return;
  const bool starts = is_bullet(line) || text.empty() || line.front() == '[';
  if (is_bullet(line)) line = trim(line.substr(2));
  if (!text.empty()) text.push_back(starts ? '\n' : ' ');
  text.append(line);
}

class changelog_reader {
public:
  std::vector<import_record> take() && {
    finish();
    if (out_.empty() && first_stray_ > 0)
      out_.push_back({"line " + std::to_string(first_stray_),
                      base::error{base::errc::malformed_message, "no changelog entry"}});
    return std::move(out_);
  }

  void line(std::string_view text) {
    ++number_;
    if (text.substr(0, 4) == " -- ") return end(text);
    if (!text.empty() && text.front() != ' ' && text.front() != '\t' && text.front() != '\r')
      return begin(text);
    if (open_)
      append_item_line(text, open_->what.text);
    else if (!trim(text).empty())
      stray();
  }

private:
  void begin(std::string_view text) {
    auto heading = parse_heading(text);
    if (!heading) return stray();
    finish();
    open_ = std::move(heading);
    began_ = number_;
  }
  void end(std::string_view text) {
    if (!open_) return stray();
    parse_trailer(text, *open_);
    finish();
  }
  void finish() {
    if (!open_) return;
    std::string place = open_->what.title + ", line " + std::to_string(began_);
    if (open_->what.text.empty())
      out_.push_back({std::move(place), base::error{base::errc::empty_text, "no items"}});
    else
      out_.push_back({std::move(place), std::move(*open_)});
    open_.reset();
  }
  void stray() {
    if (out_.empty() && first_stray_ == 0) first_stray_ = number_;
  }

  std::vector<import_record> out_;
  std::optional<import_item> open_;
  std::uint64_t number_ = 0, began_ = 0, first_stray_ = 0;
};

/// zlib reads plain files as they are.
base::result<std::string> read_gzip(const std::string& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  if (!file) return {base::errc::read_failed, path};
  std::string text;
  char chunk[65536];
  int got = 0;
  while ((got = gzread(file, chunk, sizeof chunk)) > 0)
    text.append(chunk, static_cast<std::size_t>(got));
  int fault = Z_OK;
  gzerror(file, &fault);
  gzclose(file);
  if (got < 0 || fault == Z_BUF_ERROR)
    return {base::errc::read_failed, path + ": damaged or cut gzip file"};
  return text;
}

class changelog_source final : public import_source {
public:
  explicit changelog_source(std::vector<std::string> files) : files_(std::move(files)) {}

  base::result<bool> next(std::vector<import_record>& out) override {
    if (read_ == files_.size()) return false;
    const std::string& path = files_[read_++];
    const auto text = read_gzip(path);
    if (!text) {
      out.push_back({path, text.error()});
      return true;
    }
    for (import_record& record : parse_changelog(*text)) {
      if (record.outcome && !seen_.insert(record.outcome->what.id).second) continue;
      record.place = path + ": " + record.place;
      out.push_back(std::move(record));
    }
    return true;
  }
  double fraction() const override {
    return static_cast<double>(read_) / static_cast<double>(files_.size());
  }

private:
  std::vector<std::string> files_;
  std::size_t read_ = 0;
  std::unordered_set<std::string> seen_;
};

} // namespace

std::vector<import_record> parse_changelog(std::string_view text) {
  std::string converted;
  if (base::invalid_utf8_at(text)) {
    converted = from_latin1(text);
    text = converted;
  }
  changelog_reader reader;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    reader.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(reader).take();
}

base::result<std::unique_ptr<import_source>> open_changelogs(const std::string& path) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    for (const auto& folder : fs::directory_iterator(path, ignored)) {
      const fs::path file = folder.path() / "changelog.Debian.gz";
      if (fs::is_regular_file(file, ignored)) files.push_back(file.string());
    }
    std::sort(files.begin(), files.end());
  } else if (fs::is_regular_file(path, ignored)) {
    files.push_back(path);
  }
  if (files.empty()) return {base::errc::read_failed, "no changelogs in " + path};
  return std::unique_ptr<import_source>(std::make_unique<changelog_source>(std::move(files)));
}

} // namespace engram::client
