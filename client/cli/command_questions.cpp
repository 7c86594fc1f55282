#include "client/cli/commands.hpp"
#include "client/cli/progress.hpp"
#include "client/cli/words.hpp"
#include "client/ids.hpp"
#include "client/import/jsonl.hpp"
#include "client/import/line_reader.hpp"

#include <algorithm>
#include <deque>
#include <fstream>
#include <map>
#include <ostream>

namespace engram::client {

namespace {

struct question {
  std::uint64_t line = 0;
  base::result<jsonl_question> read;
};

base::result<std::vector<question>> read_questions(const recall_arguments& asked) {
  TRY_ASSIGN(line_reader lines, line_reader::open(asked.queries));
  jsonl_parser parser(asked.space_field);
  std::vector<question> all;
  for (bool more = true; more;) {
    auto got = lines.read([&](std::string_view line, std::uint64_t number) {
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
      all.push_back({number, parser.parse_question(line)});
    });
    if (!got) return got.error();
    more = *got;
  }
  return all;
}

/// Asks many questions, a window of them at a time, and writes the answers in the questions' order.
class batch {
public:
  batch(const connection& node, const recall_arguments& asked, std::ostream& out, shell& in)
      : node_(node), asked_(asked), out_(out), in_(in), bar_(in, in.watched()) {}

  void run(const std::vector<question>& questions) {
    std::size_t next = 0;
    for (std::size_t done = 0; done < questions.size(); ++done) {
      for (; next < questions.size() && flying_.size() < asked_.in_flight; ++next)
        flying_.push_back(ask(questions[next]));
      auto answer = flying_.front().wait(in_.loop().io().waitScope);
      flying_.pop_front();
      write(questions[done], answer);
      bar_.show(plural(done + 1, "answer", "answers"), done + 1,
                static_cast<double>(done + 1) / static_cast<double>(questions.size()));
    }
    bar_.clear();
  }

  std::uint64_t failed() const { return failed_; }
  /// Of the time the node took per answered question; the share-th smallest.
  std::uint64_t took_us(double share) {
    if (took_us_.empty()) return 0;
    const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(took_us_.size() - 1));
    std::nth_element(took_us_.begin(), took_us_.begin() + rank, took_us_.end());
    return took_us_[static_cast<std::size_t>(rank)];
  }
  base::duration elapsed() const { return bar_.elapsed(); }
  const std::optional<base::error>& unreachable() const { return unreachable_; }

private:
  promise<recall_answer> ask(const question& what) {
    if (!what.read) return base::result<recall_answer>(what.read.error());
    recall_query query = asked_.query;
    query.cue.text = what.read->question;
    query.with_content = false;
    const auto at = space_of(*what.read);
    if (!at) return base::result<recall_answer>(at.error());
    return (*at)->recall(std::move(query)).eagerlyEvaluate(nullptr);
  }

  base::result<space*> space_of(const jsonl_question& what) {
    std::string name = asked_.space;
    if (name.empty()) {
      TRY_ASSIGN(name, space_name_of(what.set));
    }
    return &spaces_.try_emplace(name, node_.open_space(name)).first->second;
  }

  void write(const question& what, const base::result<recall_answer>& answer) {
    if (answer) {
      took_us_.push_back(answer->took_us);
    } else {
      ++failed_;
      if (exit_code_of(answer.error()) == EXIT_UNREACHABLE) unreachable_ = answer.error();
      bar_.clear();
      in_.err() << "line " << what.line << ": " << answer.error().message() << '\n';
    }
    if (!what.read) return;
    json_writer w;
    w.begin_object();
    if (!asked_.space_field.empty()) w.key(asked_.space_field).raw(what.read->set_json);
    w.key("q").raw(what.read->q).key("ranked").begin_array();
    if (answer)
      for (const hit& found : answer->hits) w.string(found.what.id);
    w.end_array().end_object();
    out_ << w.text() << '\n';
  }

  const connection& node_;
  const recall_arguments& asked_;
  std::ostream& out_;
  shell& in_;
  progress_bar bar_;
  std::map<std::string, space> spaces_;
  std::deque<promise<recall_answer>> flying_;
  std::vector<std::uint64_t> took_us_;
  std::uint64_t failed_ = 0;
  std::optional<base::error> unreachable_;
};

} // namespace

int run_questions(const recall_arguments& asked, shell& in) {
  const auto questions = read_questions(asked);
  if (!questions) return in.fail(questions.error());
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  std::ofstream file;
  if (asked.out != "-") {
    file.open(asked.out, std::ios::binary | std::ios::trunc);
    if (!file) return in.fail({base::errc::write_failed, asked.out});
  }
  batch work(*node, asked, asked.out == "-" ? in.out() : file, in);
  work.run(*questions);
  if (asked.out != "-" && !file.flush()) return in.fail({base::errc::write_failed, asked.out});
  const auto ms = std::max<std::int64_t>(1, work.elapsed().count());
  in.note(plural(questions->size(), "question", "questions") + " in " +
          duration_text(work.elapsed()) + " (" +
          count_text(questions->size() * 1000 / static_cast<std::uint64_t>(ms)) + "/s), p50 " +
          micros_text(work.took_us(0.5)) + ", p99 " + micros_text(work.took_us(0.99)) +
          (work.failed() > 0 ? ", " + count_text(work.failed()) + " failed" : ""));
  if (work.unreachable()) return EXIT_UNREACHABLE;
  return work.failed() == 0 ? EXIT_DONE : EXIT_REFUSED;
}

} // namespace engram::client
