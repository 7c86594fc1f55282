#include "client/cli/commands.hpp"
#include "client/import/jsonl.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace engram::client {

namespace {

constexpr std::uint32_t CANDIDATES = 50;

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// How well a title answers to a word; smaller is better. Titles may list several names.
int distance(const std::string& title, const std::string& word) {
  const std::string name = lower(title), wanted = lower(word);
  if (name == wanted) return 0;
  if (name.compare(0, wanted.size() + 1, wanted + ",") == 0) return 1;
  if ((", " + name + ",").find(", " + wanted + ",") != std::string::npos) return 2;
  return 3;
}

base::result<std::string> look_up(const space& where, const std::string& word,
                                  const read_options& read, shell& in) {
  recall_query query;
  query.read = read;
  query.cue.text = word;
  query.limit = CANDIDATES;
  query.spread = false;
  TRY_ASSIGN(const recall_answer answer, in.loop().wait(where.recall(std::move(query))));
  const hit* best = nullptr;
  for (const hit& found : answer.hits)
    if (!best || distance(found.what.title, word) < distance(best->what.title, word)) best = &found;
  if (!best)
    return {base::errc::unknown_memory, "no id and no words of a memory: \"" + word + "\""};
  in.note("\"" + word + "\" is taken as " + best->what.id +
          (best->what.title.empty() ? "" : " (" + best->what.title + ")"));
  return best->what.id;
}

} // namespace

base::result<std::vector<std::string>> resolve_ids(const space& where,
                                                   const std::vector<std::string>& typed,
                                                   const read_options& read, shell& in) {
  if (typed.empty()) return typed;
  TRY_ASSIGN(const auto records, in.loop().wait(where.get(typed, read)));
  std::set<std::string> known;
  for (const memory_record& record : records) known.insert(record.what.id);
  std::vector<std::string> ids;
  for (const std::string& each : typed) {
    if (known.count(each) > 0) {
      ids.push_back(each);
      continue;
    }
    TRY_ASSIGN(std::string found, look_up(where, each, read, in));
    ids.push_back(std::move(found));
  }
  return ids;
}

base::result<std::optional<base::instant>> read_time(const std::string& text, const shell& in) {
  using time = std::optional<base::instant>;
  if (text.empty()) return time{};
  if (text == "now") return time{in.now()};
  const time read = base::parse_time(text);
  if (!read) return {base::errc::invalid_time, "\"" + text + "\""};
  return read;
}

base::result<std::optional<base::quantised>> read_embedding_file(const std::string& path) {
  if (path.empty()) return std::optional<base::quantised>{};
  std::ifstream file(path, std::ios::binary);
  if (!file) return {base::errc::read_failed, path};
  const std::string json{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  TRY_ASSIGN(import_item read, jsonl_parser().parse("{\"text\":\"-\",\"embedding\":" + json + "}"));
  return std::move(read.what.embedding);
}

} // namespace engram::client
