#include "client/cli/commands.hpp"
#include "client/cli/progress.hpp"
#include "client/cli/words.hpp"
#include "client/import/changelog.hpp"
#include "client/import/git.hpp"
#include "client/import/importer.hpp"
#include "client/import/jsonl.hpp"
#include "client/import/wordnet.hpp"

#include <kj/async-unix.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ostream>

namespace engram::client {

namespace {

constexpr std::uint64_t REFUSALS_SHOWN = 20;

/// The file of --acked. Each call reaches the file before it returns, so that what it holds is true
/// whatever dies next.
class acked_file {
public:
  ~acked_file() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  base::result<void> open(const std::string& path) {
    descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor_ < 0) return fault(path);
    return base::success();
  }
  base::result<void> append(const std::vector<std::string>& ids) {
    if (descriptor_ < 0) return base::success();
    std::string lines;
    for (const std::string& id : ids) lines.append(id).push_back('\n');
    for (std::string_view rest = lines; !rest.empty();) {
      const auto wrote = write(descriptor_, rest.data(), rest.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return fault("--acked");
      rest.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return base::success();
  }

private:
  static base::error fault(const std::string& what) {
    return {base::errc::write_failed, what + ": " + std::strerror(errno)};
  }
  int descriptor_ = -1;
};

std::string amount_text(const import_counts& counts) {
  std::string text = plural(counts.acknowledged, "memory", "memories");
  if (counts.associations > 0)
    text.append(" and " + plural(counts.associations, "association", "associations"));
  return text;
}

class console final : public import_listener {
public:
  console(shell& in, acked_file& acked, bool bar) : in_(in), acked_(acked), bar_(in, bar) {}

  base::result<void> acknowledged(const std::vector<std::string>& ids) override {
    return acked_.append(ids);
  }
  void refused(const std::string& place, const base::error& why) override {
    if (++refusals_ > REFUSALS_SHOWN) return;
    bar_.clear();
    in_.err() << in_.styled_err(style::warn, place) << ": " << why.message() << '\n';
  }
  void space_used(const std::string& set, const std::string& space, bool created) override {
    bar_.clear();
    if (set != space) in_.note("\"" + set + "\" is kept in space " + space);
    if (created) in_.note("created space " + space);
  }
  void progressed(const import_counts& counts, double fraction) override {
    bar_.show(amount_text(counts), counts.acknowledged + counts.associations, fraction);
  }

  void end() {
    bar_.clear();
    if (refusals_ > REFUSALS_SHOWN)
      in_.note("… and " + count_text(refusals_ - REFUSALS_SHOWN) + " more refused");
  }
  base::duration elapsed() const { return bar_.elapsed(); }

private:
  shell& in_;
  acked_file& acked_;
  progress_bar bar_;
  std::uint64_t refusals_ = 0;
};

base::result<std::unique_ptr<import_source>> open_source(const import_arguments& asked) {
  if (asked.format == "wordnet") return open_wordnet(asked.file);
  if (asked.format == "changelog") return open_changelogs(asked.file);
  if (asked.format == "git") return open_git(asked.file);
  return open_jsonl(asked.file, asked.space_field);
}

void print_json(const import_counts& counts, base::duration took,
                const std::optional<base::error>& e, const shell& in) {
  json_writer w;
  w.begin_object().key("read").natural(counts.read).key("memories").natural(counts.acknowledged);
  w.key("associations").natural(counts.associations).key("known").natural(counts.known);
  w.key("refused").natural(counts.refused).key("unread_dates").begin_object();
  for (const auto& [form, count] : counts.unread_dates) w.key(form).natural(count);
  w.end_object().key("milliseconds").integer(took.count());
  if (e) {
    w.key("error");
    append_error(*e, w);
  }
  in.print(w.end_object());
}

void print_text(const import_counts& counts, base::duration took, const shell& in) {
  std::string line = amount_text(counts);
  line.append(" durable in " + duration_text(took));
  if (took.count() > 0) {
    const auto items = counts.acknowledged + counts.associations;
    line.append(" (" + count_text(items * 1000 / static_cast<std::uint64_t>(took.count())) + "/s)");
  }
  if (counts.known > 0) line.append(", " + count_text(counts.known) + " known before");
  if (counts.refused > 0) line.append(", " + count_text(counts.refused) + " refused");
  in.out() << line << '\n';
  for (const auto& [form, count] : counts.unread_dates)
    in.note(plural(count, "date", "dates") + " like \"" + form +
            "\" could not be read; kept without a date");
}

/// An observer watches its descriptor for as long as it lives; one per wait is enough.
kj::Promise<void> readable(event_loop& loop, int descriptor) {
  using observer = kj::UnixEventPort::FdObserver;
  auto watch = kj::heap<observer>(loop.io().unixEventPort, descriptor, observer::OBSERVE_READ);
  auto turned = watch->whenBecomesReadable();
  return turned.attach(kj::mv(watch));
}

} // namespace

int run_command(const import_arguments& asked, shell& in) {
  auto source = open_source(asked);
  if (!source) return in.fail(source.error());
  acked_file acked;
  if (!asked.acked.empty()) {
    if (auto opened = acked.open(asked.acked); !opened) return in.fail(opened.error());
  }
  auto node = in.connect();
  if (!node) return in.fail(node.error());
  console told(in, acked, in.watched() && !asked.quiet);
  importer work(*node, in.loop().io().waitScope, {asked.space, asked.durability}, told,
                [&in](int descriptor) { return readable(in.loop(), descriptor); });
  const auto done = work.run(**source);
  told.end();
  const import_counts& counts = work.counts();
  const auto broken = done ? std::nullopt : std::optional(done.error());
  if (in.json())
    print_json(counts, told.elapsed(), broken, in);
  else
    print_text(counts, told.elapsed(), in);
  if (broken) {
    if (!in.json()) {
      in.fail(*broken);
      in.note("Stopped early. Import the same again: what is durable is not stored twice.");
    }
    return exit_code_of(*broken);
  }
  return counts.refused == 0 ? EXIT_DONE : EXIT_REFUSED;
}

} // namespace engram::client
