#include "client/import/git.hpp"

#include "base/bytes.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

extern "C" char** environ; // NOLINT: posix_spawn wants it

namespace engram::client {

namespace {

constexpr char RECORD = '\x1e', UNIT = '\x1f';
constexpr const char* GIT_LOG_FORMAT =
    "--pretty=format:%x1e%H%x1f%an%x1f%ae%x1f%at%x1f%s%x1f%b%x1f";
constexpr std::size_t FILES_MAX = 50; // named in a memory

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool is_hash(std::string_view text) {
  return text.size() >= 40 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void append_files(std::string_view list, std::string& text) {
  list = trim(list);
  for (std::size_t count = 0; !list.empty(); ++count) {
    const auto end = std::min(list.find('\n'), list.size());
    if (count == FILES_MAX) {
      text.append("\n…");
      return;
    }
    text.append(count == 0 ? "\n" : ", ").append(list.substr(0, end));
    list = trim(list.substr(end));
  }
}

/// `git log`, read through a pipe as it writes.
class git_source final : public import_source {
public:
  git_source(pid_t child, int output, std::string repository)
      : child_(child), output_(output), repository_(std::move(repository)) {}
  ~git_source() override {
    close(output_);
    if (child_ > 0) waitpid(child_, nullptr, 0);
  }

  base::result<bool> next(std::vector<import_record>& out) override {
    char chunk[65536];
    ssize_t got = 0;
    do got = read(output_, chunk, sizeof chunk);
    while (got < 0 && errno == EINTR);
    if (got < 0) return {base::errc::read_failed, std::strerror(errno)};
    pending_.append(chunk, static_cast<std::size_t>(got));
    for (;;) {
      const auto end = pending_.find(RECORD, 1);
      if (end == std::string::npos && (got > 0 || pending_.empty())) break;
      give(std::string_view(pending_).substr(0, end), out);
      pending_.erase(0, end);
    }
    if (got > 0) return true;
    return ended();
  }
  double fraction() const override { return -1; }
  int wait_descriptor() const override { return output_; }

private:
  void give(std::string_view record, std::vector<import_record>& out) {
    if (!record.empty() && record.front() == RECORD) record.remove_prefix(1);
    if (!trim(record).empty()) out.push_back(parse_commit(record, repository_));
  }
  base::result<bool> ended() {
    int status = 0;
    const pid_t child = std::exchange(child_, -1);
    if (child > 0 && waitpid(child, &status, 0) == child && status != 0)
      return {base::errc::read_failed, "git log failed; is it a repository?"};
    return false;
  }

  pid_t child_;
  int output_;
  std::string repository_, pending_;
};

base::result<pid_t> spawn_git(const std::string& folder, int output) {
  std::array<std::string, 6> words = {"git", "-C", folder, "log", "--name-only", GIT_LOG_FORMAT};
  std::array<char*, 7> argv = {};
  for (std::size_t i = 0; i < words.size(); ++i) argv[i] = words[i].data();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t child = -1;
  const int fault = posix_spawnp(&child, "git", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (fault != 0)
    return {base::errc::read_failed, std::string{"cannot run git: "} + std::strerror(fault)};
  return child;
}

} // namespace

import_record parse_commit(std::string_view record, const std::string& repository) {
  std::array<std::string_view, 7> parts;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto end = record.find(UNIT);
    if (end == std::string_view::npos)
      return {"commit " + std::string{parts[0]},
              base::error{base::errc::malformed_message, "a field is missing"}};
    parts[i] = record.substr(0, end);
    record.remove_prefix(end + 1);
  }
  parts[6] = record;
  const auto [hash, author, mail, seconds, subject, body, files] = parts;
  std::string place = "commit " + std::string{hash.substr(0, 12)};
  std::int64_t at = 0;
  const auto [end, fault] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), at);
  const bool dated = fault == std::errc{} && end == seconds.data() + seconds.size();
  if (!is_hash(hash) || !dated || at > INT64_MAX / 1000 || at < INT64_MIN / 1000)
    return {std::move(place), base::error{base::errc::malformed_message, "not a commit"}};
  import_item made;
  made.what.id = hash;
  made.what.title = trim(subject);
  made.what.text = trim(subject);
  if (const auto more = trim(body); !more.empty()) made.what.text.append("\n").append(more);
  append_files(files, made.what.text);
  if (trim(made.what.text).empty())
    return {std::move(place), base::error{base::errc::empty_text, "no message and no files"}};
  made.what.speaker = author.empty() ? mail : author;
  if (!made.what.speaker.empty()) made.what.who.push_back(made.what.speaker);
  made.what.session = repository;
  made.what.when = base::instant{at * 1000};
  for (const std::string_view part : {std::string_view{made.what.text}, author})
    if (base::invalid_utf8_at(part))
      return {std::move(place), base::error{base::errc::invalid_utf8, "message or author"}};
  return {std::move(place), std::move(made)};
}

base::result<std::unique_ptr<import_source>> open_git(const std::string& folder) {
  std::error_code ignored;
  const auto whole = std::filesystem::canonical(folder, ignored);
  if (ignored) return {base::errc::read_failed, folder + ": " + ignored.message()};
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) return {base::errc::read_failed, std::strerror(errno)};
  const auto child = spawn_git(folder, ends[1]);
  close(ends[1]);
  if (!child) {
    close(ends[0]);
    return child.error();
  }
  return std::unique_ptr<import_source>(
      std::make_unique<git_source>(*child, ends[0], whole.filename().string()));
}

} // namespace engram::client
