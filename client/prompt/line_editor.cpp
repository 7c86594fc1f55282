#include "client/prompt/line_editor.hpp"

#include <histedit.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <filesystem>

namespace engram::client {

namespace {

constexpr int HISTORY_MAX = 1000;

/// While a line is typed, Ctrl-C gives the line up instead of ending the program. It is let in only
/// where the next key is waited for: one typed before that (the prompt is shown first) is not lost.
class interruptible {
public:
  interruptible() {
    struct sigaction ours = {};
    ours.sa_handler = [](int) {};
    sigaction(SIGINT, &ours, &before_);
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, &mask_);
  }
  ~interruptible() {
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    sigaction(SIGINT, &before_, nullptr);
  }
  interruptible(const interruptible&) = delete;
  interruptible& operator=(const interruptible&) = delete;

private:
  struct sigaction before_ = {};
  sigset_t mask_ = {};
};

/// One byte, or what read(2) says; -1 with EINTR after a Ctrl-C.
ssize_t next_byte(char& byte) {
  sigset_t with_interrupt;
  pthread_sigmask(SIG_SETMASK, nullptr, &with_interrupt);
  sigdelset(&with_interrupt, SIGINT);
  pollfd keys = {STDIN_FILENO, POLLIN, 0};
  if (ppoll(&keys, 1, nullptr, &with_interrupt) < 0) return -1;
  return ::read(STDIN_FILENO, &byte, 1);
}

/// For libedit: 1 and a character of the locale, 0 at the end, -1 with errno.
int next_key(EditLine*, wchar_t* key) {
  std::mbstate_t so_far = {};
  char byte = 0;
  while (true) {
    const ssize_t got = next_byte(byte);
    if (got <= 0) return static_cast<int>(got);
    const std::size_t read = std::mbrtowc(key, &byte, 1, &so_far);
    if (read == static_cast<std::size_t>(-2)) continue; // more bytes of it to come
    if (read != static_cast<std::size_t>(-1)) return 1;
    so_far = {}; // not a character: skipped
  }
}

void use_utf8() {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
}

} // namespace

struct line_editor::state {
  state(std::string history_file, completer with)
      : file(std::move(history_file)), complete(std::move(with)) {}

  static char* prompt_of(EditLine* of) { return self(of).prompt.data(); }
  static unsigned char completed(EditLine* of, int) { return self(of).write_completion(); }

  static state& self(EditLine* of) {
    void* found = nullptr;
    el_get(of, EL_CLIENTDATA, &found);
    return *static_cast<state*>(found);
  }

  unsigned char write_completion() {
    const LineInfo* now = el_line(edit.get());
    const std::string_view before(now->buffer, static_cast<std::size_t>(now->cursor - now->buffer));
    const completion found = complete(before);
    const std::size_t written = before.size() - std::min(found.begin, before.size());
    if (found.words.empty()) return CC_REFRESH_BEEP;
    if (found.common.size() > written) {
      el_deletestr(edit.get(), static_cast<int>(written));
      el_insertstr(edit.get(), found.common.c_str());
      return CC_REFRESH;
    }
    std::string list = "\n";
    for (const std::string& word : found.words) list.append(word).append("  ");
    std::fputs((list + "\n").c_str(), stdout);
    std::fflush(stdout);
    return CC_REDISPLAY;
  }

  std::string file;
  completer complete;
  std::string prompt;
  std::unique_ptr<History, void (*)(History*)> past{history_init(), history_end};
  std::unique_ptr<EditLine, void (*)(EditLine*)> edit{el_init("engram", stdin, stdout, stderr),
                                                      el_end};
};

line_editor::line_editor(std::string history_file, completer complete)
    : state_(std::make_unique<state>(std::move(history_file), std::move(complete))) {
  use_utf8();
  state& s = *state_;
  HistEvent event;
  history(s.past.get(), &event, H_SETSIZE, HISTORY_MAX);
  history(s.past.get(), &event, H_SETUNIQUE, 1);
  if (!s.file.empty()) history(s.past.get(), &event, H_LOAD, s.file.c_str());
  el_set(s.edit.get(), EL_CLIENTDATA, &s);
  el_set(s.edit.get(), EL_PROMPT, &state::prompt_of);
  el_set(s.edit.get(), EL_EDITOR, "emacs");
  el_set(s.edit.get(), EL_GETCFN, &next_key);
  el_set(s.edit.get(), EL_HIST, history, s.past.get());
  el_set(s.edit.get(), EL_ADDFN, "engram-complete", "complete a word", &state::completed);
  el_set(s.edit.get(), EL_BIND, "^I", "engram-complete", nullptr);
  el_set(s.edit.get(), EL_BIND, "^R", "em-inc-search-prev", nullptr);
}

line_editor::~line_editor() {
  if (state_->file.empty()) return;
  HistEvent event;
  history(state_->past.get(), &event, H_SAVE, state_->file.c_str());
  chmod(state_->file.c_str(), S_IRUSR | S_IWUSR);
}

line_editor::line line_editor::read(const std::string& prompt) {
  const interruptible while_typing;
  state_->prompt = prompt;
  int length = 0;
  errno = 0;
  const char* typed = el_gets(state_->edit.get(), &length);
  if (typed == nullptr && length == -1 && errno == EINTR) {
    el_reset(state_->edit.get());
    std::fputs("\n", stdout);
    return {line::outcome::interrupted, {}};
  }
  if (typed == nullptr || length <= 0) return {line::outcome::ended, {}};
  std::string text(typed, static_cast<std::size_t>(length));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return {line::outcome::typed, std::move(text)};
}

void line_editor::remember(std::string statement) {
  std::replace(statement.begin(), statement.end(), '\n', ' ');
  HistEvent event;
  history(state_->past.get(), &event, H_ENTER, statement.c_str());
}

std::string history_file() {
  namespace fs = std::filesystem;
  fs::path folder;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state == '/')
    folder = state;
  else if (const char* home = std::getenv("HOME"); home && *home == '/')
    folder = fs::path(home) / ".local" / "state";
  else
    return {};
  folder /= "engram";
  std::error_code wrong;
  fs::create_directories(folder, wrong);
  if (wrong) return {};
  fs::permissions(folder, fs::perms::owner_all, wrong);
  return folder / "history";
}

} // namespace engram::client
