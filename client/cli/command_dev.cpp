#include "client/cli/commands.hpp"
#include "client/cli/words.hpp"
#include "client/dev/dev_cluster.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>
#include <utility>

namespace engram::client {

namespace {

constexpr std::array COLOURS{"\x1b[36m", "\x1b[33m", "\x1b[35m",
                             "\x1b[32m", "\x1b[34m", "\x1b[31m"};

/// Where the nodes keep their data; deleted in the end unless it was named.
class dev_folder {
public:
  static base::result<dev_folder> make(const std::string& named) {
    std::error_code failed;
    if (!named.empty()) {
      std::filesystem::create_directories(named, failed);
      if (failed) return base::error{base::errc::write_failed, named + ": " + failed.message()};
      return dev_folder(named, false);
    }
    std::string path =
        std::filesystem::temp_directory_path(failed) / ("engram-dev-" + std::string(6, 'X'));
    if (failed || !mkdtemp(path.data()))
      return base::error{base::errc::write_failed, "no temporary folder: " + path};
    return dev_folder(path, true);
  }
  dev_folder(dev_folder&& other) noexcept
      : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, false)) {}
  dev_folder& operator=(dev_folder&&) = delete;
  ~dev_folder() {
    std::error_code ignored;
    if (temporary_) std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const noexcept { return path_; }
  bool is_temporary() const noexcept { return temporary_; }

private:
  dev_folder(std::string path, bool temporary) : path_(std::move(path)), temporary_(temporary) {}

  std::string path_;
  bool temporary_;
};

class dev_printer final : public dev_listener {
public:
  dev_printer(const std::vector<dev_node>& plan, const dev_folder& folder, const shell& to)
      : plan_(plan), folder_(folder), to_(to) {}

  void said(std::size_t node, std::string_view line) override {
    to_.out() << name(node) << " | " << line << std::endl; // whoever follows sees it now
  }
  void settled(const std::vector<std::size_t>& serving) override {
    std::string servers;
    to_.out() << plural(serving.size(), "node serves", "nodes serve") << "; data in "
              << folder_.path()
              << (folder_.is_temporary() ? ", deleted at the end (--data DIR keeps it)\n" : "\n");
    for (const std::size_t node : serving) {
      const dev_node& each = plan_[node];
      servers.append(servers.empty() ? "" : ",").append(each.rpc);
      to_.out() << "  " << name(node) << "  rpc " << each.rpc << "  http " << each.http
                << "  gossip " << each.gossip << '\n';
    }
    to_.out() << "Talk to them from another terminal:\n  export ENGRAM_SERVER=" << servers
              << "\n  engram cluster status\n  engram space create notes\nCtrl-C stops them all."
              << std::endl;
  }
  void died(std::size_t node, const std::string& how) override {
    to_.err() << to_.styled_err(style::bad, plan_[node].name + " ended by itself: ") << how
              << "; the others go on" << std::endl;
  }
  void stopping(std::size_t nodes) override {
    to_.note("stopping " + plural(nodes, "node", "nodes") + "; once more kills");
  }
  void killing() override { to_.note("killing what is left"); }

private:
  std::string name(std::size_t node) const {
    const std::string& plain = plan_[node].name;
    if (!to_.colours()) return plain;
    return COLOURS[node % COLOURS.size()] + plain + "\x1b[0m";
  }

  const std::vector<dev_node>& plan_;
  const dev_folder& folder_;
  const shell& to_;
};

} // namespace

int run_command(const dev_arguments& asked, shell& in) {
  dev_options wanted = asked.wanted;
  const auto folder = dev_folder::make(wanted.folder);
  if (!folder) return in.fail(folder.error());
  wanted.folder = folder->path();
  const auto plan = plan_dev(wanted);
  if (!plan) {
    in.fail(plan.error());
    return EXIT_USAGE;
  }
  const auto executable = own_executable();
  if (!executable) return in.fail(executable.error());
  dev_printer printer(*plan, *folder, in);
  const auto clean = dev_cluster(in.loop(), *plan, printer).run(*executable);
  if (!clean) return in.fail(clean.error());
  return *clean ? EXIT_DONE : EXIT_REFUSED;
}

} // namespace engram::client
