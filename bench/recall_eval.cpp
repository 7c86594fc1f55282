// Recall quality and speed in process: reads DIR/documents.jsonl and DIR/questions.jsonl, one space
// per `set`, and writes a run file ({"set", "q", "ranked"} a line). A developer's instrument:
// weights can be changed from the command line to see what they are worth.
//
// --history PERCENT: so many of the questions were asked the day before, their ten hits counted as
// recalled together; only the others are asked and written.
//
//   recall_eval DIR RUN.jsonl [--no-spread] [--set NAME=VALUE]... [--limit K] [--history PERCENT]

#include "memory/access.hpp"
#include "memory/index/index.hpp"
#include "memory/index/keys.hpp"
#include "memory/recall/recall.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>

namespace {

using engram::memory::recall_config;
using json = nlohmann::json;

const std::map<std::string, double recall_config::*> WEIGHTS{
    {"bm25_k1", &recall_config::bm25_k1},
    {"bm25_b", &recall_config::bm25_b},
    {"phrase", &recall_config::phrase},
    {"phrase_gap", &recall_config::phrase_gap},
    {"title_named", &recall_config::title_named},
    {"vector", &recall_config::vector},
    {"date", &recall_config::date},
    {"date_flat_days", &recall_config::date_flat_days},
    {"date_decay_days", &recall_config::date_decay_days},
    {"person", &recall_config::person},
    {"first_person", &recall_config::first_person},
    {"habituation", &recall_config::habituation},
    {"answers_when", &recall_config::answers_when},
    {"answers_number", &recall_config::answers_number},
    {"is_question", &recall_config::is_question},
    {"next", &recall_config::next},
    {"next_but_one", &recall_config::next_but_one},
    {"back_one", &recall_config::back_one},
    {"back_two", &recall_config::back_two},
    {"reply", &recall_config::reply},
    {"session", &recall_config::session},
    {"rare_term", &recall_config::rare_term},
    {"names_title", &recall_config::names_title},
    {"gate", &recall_config::gate},
    {"cap", &recall_config::cap},
    {"named_by", &recall_config::named_by},
    {"co_recall", &recall_config::co_recall},
};

struct space {
  engram::memory::space_config config;
  std::unique_ptr<engram::memory::index> memories;
  std::shared_ptr<const engram::memory::snapshot> view;
};

std::string text_of(const json& line, const char* field) {
  if (!line.contains(field) || line[field].is_null()) return {};
  return line[field].is_string() ? line[field].get<std::string>() : line[field].dump();
}

engram::memory::episode read_episode(const json& line) {
  engram::memory::episode e;
  e.id = line["id"];
  e.text = text_of(line, "text");
  e.title = text_of(line, "title");
  e.speaker = text_of(line, "speaker");
  e.session = text_of(line, "session");
  if (const std::string when = text_of(line, "when"); !when.empty())
    e.when = engram::base::parse_time(when);
  return e;
}

std::map<std::string, space> load(const std::string& path, const engram::memory::analyser& words) {
  std::map<std::string, space> spaces;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const json parsed = json::parse(line);
    space& s = spaces[parsed["set"]];
    if (!s.memories) {
      s.config.name = parsed["set"];
      s.config.identity = {engram::base::digest128().add(s.config.name).finish()};
      s.memories = std::make_unique<engram::memory::index>(s.config);
    }
    auto what = std::make_shared<const engram::memory::episode>(read_episode(parsed));
    const std::uint32_t ordinal = s.memories->size();
    s.memories->add(ordinal,
                    {engram::memory::memory_key_of(s.config.identity, what->id),
                     engram::base::fast_hash128(what->text), what,
                     std::make_shared<const engram::memory::analysed>(words.analyse(*what)),
                     engram::base::hlc{std::uint64_t{1} << 40}, ordinal});
  }
  for (auto& [name, s] : spaces) s.view = s.memories->publish();
  return spaces;
}

struct options {
  std::string folder, run;
  bool spread = true;
  std::uint32_t limit = 50;
  std::uint64_t history = 0; // per cent
  recall_config weights;
};

bool parse(int argc, char** argv, options& to) {
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    if (a == "--no-spread") {
      to.spread = false;
    } else if (a == "--limit" && i + 1 < argc) {
      to.limit = static_cast<std::uint32_t>(std::stoul(argv[++i]));
    } else if (a == "--history" && i + 1 < argc) {
      to.history = std::stoul(argv[++i]);
    } else if (a == "--set" && i + 1 < argc) {
      const std::string pair = argv[++i];
      const std::size_t equals = pair.find('=');
      const auto weight = WEIGHTS.find(pair.substr(0, equals));
      if (weight == WEIGHTS.end() || equals == std::string::npos) return false;
      to.weights.*weight->second = std::stod(pair.substr(equals + 1));
    } else if (to.folder.empty()) {
      to.folder = a;
    } else {
      to.run = a;
    }
  }
  return !to.run.empty();
}

constexpr engram::base::instant YESTERDAY{1'700'000'000'000}, TODAY{1'700'086'400'000};

bool is_history(const options& given, const json& question) {
  const std::string name = text_of(question, "set") + " " + text_of(question, "q");
  return engram::base::fast_hash64(name, 3) % 100 < given.history;
}

/// What the questions of the day before brought up was recalled together.
void live_through(const options& given, std::map<std::string, space>& spaces,
                  const engram::memory::recall_setting& setting) {
  std::map<std::string, std::map<std::uint32_t, engram::memory::access_record>> records;
  std::ifstream in(given.folder + "/questions.jsonl");
  for (std::string line; std::getline(in, line);) {
    const json question = json::parse(line);
    if (!is_history(given, question)) continue;
    engram::memory::recall_query query;
    query.cue.text = question["question"];
    query.now = YESTERDAY;
    for (const auto& hit : recall(*spaces.at(question["set"]).view, setting, query).hits)
      records[question["set"]][hit.ordinal].add(YESTERDAY, engram::base::fast_hash128(line));
  }
  for (const auto& [set, accessed] : records) {
    space& s = spaces.at(set);
    for (const auto& [ordinal, record] : accessed)
      s.memories->set_access(ordinal,
                             std::make_shared<const engram::memory::access_record>(record));
    s.view = s.memories->publish();
  }
}

} // namespace

int main(int argc, char** argv) {
  options given;
  if (!parse(argc, argv, given)) {
    std::cerr << "usage: recall_eval DIR RUN.jsonl [--no-spread] [--set NAME=VALUE]... [--limit K] "
                 "[--history PERCENT]\n";
    return 2;
  }
  const engram::memory::analyser words("english");
  std::map<std::string, space> spaces = load(given.folder + "/documents.jsonl", words);
  const engram::memory::recall_setting setting{words, {}, given.weights};
  if (given.history > 0) live_through(given, spaces, setting);
  std::ifstream in(given.folder + "/questions.jsonl");
  std::ofstream out(given.run);
  std::vector<double> microseconds;
  for (std::string line; std::getline(in, line);) {
    const json question = json::parse(line);
    if (is_history(given, question)) continue;
    engram::memory::recall_query query;
    query.cue.text = question["question"];
    if (given.history > 0) query.now = TODAY;
    query.limit = given.limit;
    query.spread = given.spread;
    const std::clock_t before = std::clock(); // processor time: other programs may be running
    const auto answer = recall(*spaces.at(question["set"]).view, setting, query);
    microseconds.push_back(1e6 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC);
    json ranked = json::array();
    for (const auto& hit : answer.hits) ranked.push_back(hit.id);
    out << json{{"set", question["set"]}, {"q", question["q"]}, {"ranked", ranked}}.dump() << '\n';
  }
  std::sort(microseconds.begin(), microseconds.end());
  if (!microseconds.empty())
    std::cerr << microseconds.size() << " questions, p50 " << microseconds[microseconds.size() / 2]
              << " us, p99 " << microseconds[microseconds.size() * 99 / 100] << " us\n";
}
