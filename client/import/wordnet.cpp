#include "client/import/wordnet.hpp"

#include "client/import/line_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace engram::client {

namespace {

constexpr std::array<std::string_view, 4> PARTS = {"noun", "verb", "adj", "adv"};

/// Words of a line, one after another; an absent or unreadable one makes it bad.
class words {
public:
  explicit words(std::string_view line) : rest_(line) {}

  std::string_view next() {
    const auto begin = std::min(rest_.find_first_not_of(' '), rest_.size());
    const auto end = std::min(rest_.find(' ', begin), rest_.size());
    const auto word = rest_.substr(begin, end - begin);
    rest_.remove_prefix(end);
    if (word.empty()) bad_ = true;
    return word;
  }
  std::uint32_t number(int number_base) {
    const auto word = next();
    std::uint32_t value = 0;
    const auto [end, fault] =
        std::from_chars(word.data(), word.data() + word.size(), value, number_base);
    if (fault != std::errc{} || end != word.data() + word.size()) bad_ = true;
    return bad_ ? 0 : value;
  }
  bool bad() const { return bad_; }
  std::string_view rest() const { return rest_; }

private:
  std::string_view rest_;
  bool bad_ = false;
};

/// Satellite adjectives live in the adjectives' files.
char file_of(char type) { return type == 's' ? 'a' : type; }

std::uint64_t place_of(char part_of_speech, std::uint32_t offset) {
  return (std::uint64_t{static_cast<unsigned char>(part_of_speech)} << 32) | offset;
}

std::string lower(std::string_view text) {
  std::string made{text};
  for (char& c : made)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return made;
}

/// "galore(ip)" is "galore" in one position only.
std::string_view without_marker(std::string_view word) {
  const auto open = word.find('(');
  return open == 0 ? word : word.substr(0, open);
}

std::string spoken(std::string_view word) {
  std::string made{word};
  std::replace(made.begin(), made.end(), '_', ' ');
  return made;
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string{text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1)};
}

std::string joined(const std::vector<std::string>& list) {
  std::string made;
  for (const std::string& each : list) made.append(made.empty() ? "" : ", ").append(spoken(each));
  return made;
}

std::string synset_name(const synset& from, const synset_names& names) {
  const std::string word = lower(from.words.front());
  const auto number = names.sense_of(word, file_of(from.type), from.offset);
  if (number == 0) return word + "." + from.type + "." + std::to_string(from.offset);
  return word + "." + from.type + (number < 10 ? ".0" : ".") + std::to_string(number);
}

} // namespace

bool synset_names::add_index_line(std::string_view line) {
  if (line.empty() || line.front() == ' ') return false;
  words read(line);
  const std::string_view lemma = read.next();
  const std::string_view part = read.next();
  const auto count = read.number(10);
  for (auto pointers = read.number(10); pointers > 0 && !read.bad(); --pointers) read.next();
  read.number(10); // senses, again
  read.number(10); // of these, ranked by frequency
  if (read.bad() || part.size() != 1) return false;
  std::vector<sense> found;
  for (std::uint32_t i = 1; i <= count; ++i) {
    const sense one{read.number(10), static_cast<std::uint16_t>(i)};
    if (read.bad()) return false;
    found.push_back(one);
  }
  senses_[std::string{part} + ":" + std::string{lemma}] = std::move(found);
  return true;
}

std::uint16_t synset_names::sense_of(std::string_view word, char part_of_speech,
                                     std::uint32_t offset) const {
  const auto found = senses_.find(std::string{part_of_speech} + ":" + std::string{word});
  if (found == senses_.end()) return 0;
  for (const sense& one : found->second)
    if (one.offset == offset) return one.number;
  return 0;
}

void synset_names::name(char part_of_speech, std::uint32_t offset, std::string name) {
  names_[place_of(part_of_speech, offset)] = std::move(name);
}

const std::string* synset_names::find(char part_of_speech, std::uint32_t offset) const {
  const auto found = names_.find(place_of(file_of(part_of_speech), offset));
  return found == names_.end() ? nullptr : &found->second;
}

base::result<synset> parse_synset(std::string_view line) {
  const auto bar = line.find(" | ");
  words read(line.substr(0, bar));
  synset made;
  made.offset = read.number(10);
  read.number(10); // lexicographer's file
  const auto type = read.next();
  if (type.size() != 1 || std::string_view{"nvasr"}.find(type) == std::string_view::npos)
    return {base::errc::malformed_message, "not a synset type: \"" + std::string{type} + "\""};
  made.type = type.front();
  for (auto left = read.number(16); left > 0 && !read.bad(); --left) {
    made.words.emplace_back(without_marker(read.next()));
    read.number(16); // lexical id
  }
  for (auto left = read.number(10); left > 0 && !read.bad(); --left) {
    synset::pointer to;
    to.symbol = read.next();
    to.offset = read.number(10);
    const auto part = read.next();
    to.part_of_speech = part.empty() ? 'n' : part.front();
    read.next(); // which words of both; a memory is a whole synset
    made.pointers.push_back(std::move(to));
  }
  if (read.bad() || made.words.empty() || made.words.front().empty())
    return {base::errc::malformed_message, "the line ends early or a number cannot be read"};
  if (bar != std::string_view::npos) made.gloss = trimmed(line.substr(bar + 3));
  return made;
}

relation relation_of(std::string_view symbol) {
  struct row {
    std::string_view symbol;
    relation is;
  };
  // A closer relation weighs more; being one of many instances or members says little.
  static constexpr row ROWS[] = {
      {"@", {"hypernym", 0.8}},
      {"@i", {"instance-hypernym", 0.8}},
      {"~", {"hyponym", 0.5}},
      {"~i", {"instance-hyponym", 0.3}},
      {"!", {"antonym", 0.5}},
      {"&", {"similar", 0.7}},
      {"#m", {"member-holonym", 0.4}},
      {"#s", {"substance-holonym", 0.4}},
      {"#p", {"part-holonym", 0.5}},
      {"%m", {"member-meronym", 0.4}},
      {"%s", {"substance-meronym", 0.4}},
      {"%p", {"part-meronym", 0.5}},
      {"=", {"attribute", 0.5}},
      {"+", {"derivation", 0.6}},
      {"*", {"entailment", 0.6}},
      {">", {"cause", 0.6}},
      {"^", {"also", 0.5}},
      {"$", {"verb-group", 0.7}},
      {"<", {"participle", 0.6}},
      {"\\", {"pertainym", 0.6}},
      {";c", {"topic", 0.3}},
      {"-c", {"topic-member", 0.2}},
      {";r", {"region", 0.3}},
      {"-r", {"region-member", 0.2}},
      {";u", {"usage", 0.2}},
      {"-u", {"usage-member", 0.1}},
  };
  for (const row& each : ROWS)
    if (each.symbol == symbol) return each.is;
  return {};
}

import_item make_memory(const synset& from, const synset_names& names) {
  import_item made;
  const std::string* own = names.find(from.type, from.offset);
  made.what.id = own ? *own : synset_name(from, names);
  made.what.title = joined(from.words);
  made.what.text = made.what.title;
  if (!from.gloss.empty()) made.what.text.append(": ").append(from.gloss);
  std::set<std::pair<std::string_view, std::string_view>> stated; // both words of a pair may point
  for (const synset::pointer& to : from.pointers) {
    const relation is = relation_of(to.symbol);
    const std::string* target = names.find(to.part_of_speech, to.offset);
    if (is.kind.empty() || !target || *target == made.what.id) continue;
    if (!stated.emplace(is.kind, *target).second) continue;
    made.associations.push_back({made.what.id, *target, std::string{is.kind}, is.weight});
  }
  return made;
}

namespace {

using line_visitor = std::function<void(std::string_view, std::uint64_t)>;

base::result<void> visit_file(const std::string& path, const line_visitor& visit) {
  TRY_ASSIGN(line_reader lines, line_reader::open(path));
  for (;;) {
    TRY_ASSIGN(const bool more, lines.read(visit));
    if (!more) return base::success();
  }
}

class wordnet_source final : public import_source {
public:
  /// All synsets are held (about 60 MB): names are needed before the first association.
  base::result<void> load(const std::string& folder) {
    for (const auto part : PARTS)
      TRY(visit_file(folder + "/index." + std::string{part},
                     [&](std::string_view line, std::uint64_t) { names_.add_index_line(line); }));
    for (const auto part : PARTS) {
      const std::string file = "data." + std::string{part};
      TRY(visit_file(folder + "/" + file, [&](std::string_view line, std::uint64_t number) {
        if (!line.empty() && line.front() != ' ') keep(file, line, number);
      }));
    }
    return base::success();
  }

  base::result<bool> next(std::vector<import_record>& out) override {
    const auto end = std::min(given_ + 1000, synsets_.size());
    for (; given_ < end; ++given_) {
      auto& [place, read] = synsets_[given_];
      if (read)
        out.push_back({std::move(place), make_memory(*read, names_)});
      else
        out.push_back({std::move(place), read.error()});
    }
    return given_ < synsets_.size();
  }
  double fraction() const override {
    return synsets_.empty() ? 1
                            : static_cast<double>(given_) / static_cast<double>(synsets_.size());
  }

private:
  void keep(const std::string& file, std::string_view line, std::uint64_t number) {
    auto read = parse_synset(line);
    if (read) names_.name(file_of(read->type), read->offset, synset_name(*read, names_));
    synsets_.emplace_back(file + " line " + std::to_string(number), std::move(read));
  }

  synset_names names_;
  std::vector<std::pair<std::string, base::result<synset>>> synsets_;
  std::size_t given_ = 0;
};

} // namespace

base::result<std::unique_ptr<import_source>> open_wordnet(const std::string& folder) {
  auto made = std::make_unique<wordnet_source>();
  TRY(made->load(folder));
  return std::unique_ptr<import_source>(std::move(made));
}

} // namespace engram::client
