#include "storage/rocks/fault_file_system.hpp"

#include <filesystem>

namespace engram::storage {

struct fault_file_system::state {
  std::mutex mutex;
  std::map<std::string, extent> files;
  bool off = false, full = false, syncs_fail = false;

  rocksdb::IOStatus may_write() {
    const std::lock_guard lock{mutex};
    if (off) return rocksdb::IOStatus::IOError("power is off");
    if (full) return rocksdb::IOStatus::NoSpace("fault");
    return {};
  }
};

namespace {

using state = fault_file_system::state;

class fault_file final : public rocksdb::FSWritableFileOwnerWrapper {
public:
  fault_file(std::unique_ptr<rocksdb::FSWritableFile> target, std::string name,
             std::shared_ptr<state> shared)
      : FSWritableFileOwnerWrapper(std::move(target)), name_(std::move(name)),
        state_(std::move(shared)) {}

  using rocksdb::FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (auto status = state_->may_write(); !status.ok()) return status;
    auto status = FSWritableFileOwnerWrapper::Append(data, options, debug);
    const std::lock_guard lock{state_->mutex};
    if (status.ok()) state_->files[name_].written += data.size();
    return status;
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    return synced(FSWritableFileOwnerWrapper::Sync(options, debug));
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return synced(FSWritableFileOwnerWrapper::Fsync(options, debug));
  }

private:
  rocksdb::IOStatus synced(rocksdb::IOStatus status) {
    const std::lock_guard lock{state_->mutex};
    if (state_->off || state_->syncs_fail) return rocksdb::IOStatus::IOError("sync failed");
    auto& file = state_->files[name_];
    if (status.ok()) file.synced = file.written;
    return status;
  }

  std::string name_;
  std::shared_ptr<state> state_;
};

class fault_files final : public rocksdb::FileSystemWrapper {
public:
  explicit fault_files(std::shared_ptr<state> shared)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), state_(std::move(shared)) {}
  const char* Name() const override { return "fault_files"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* out,
                                    rocksdb::IODebugContext* debug) override {
    if (auto status = state_->may_write(); !status.ok()) return status;
    std::unique_ptr<rocksdb::FSWritableFile> file;
    auto status = FileSystemWrapper::NewWritableFile(name, options, &file, debug);
    if (!status.ok()) return status;
    const std::lock_guard lock{state_->mutex};
    state_->files[name] = {};
    *out = std::make_unique<fault_file>(std::move(file), name, state_);
    return status;
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    if (auto status = state_->may_write(); !status.ok()) return status;
    auto status = FileSystemWrapper::RenameFile(from, to, options, debug);
    const std::lock_guard lock{state_->mutex};
    if (auto moved = state_->files.extract(from); status.ok() && !moved.empty())
      state_->files[to] = moved.mapped();
    return status;
  }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    const std::lock_guard lock{state_->mutex};
    if (state_->off) return rocksdb::IOStatus::IOError("power is off");
    state_->files.erase(name);
    return FileSystemWrapper::DeleteFile(name, options, debug);
  }

private:
  std::shared_ptr<state> state_;
};

} // namespace

fault_file_system::fault_file_system()
    : state_(std::make_shared<state>()),
      env_(rocksdb::NewCompositeEnv(std::make_shared<fault_files>(state_))), environment_{
                                                                                 env_.get()} {}

void fault_file_system::power_off() {
  const std::lock_guard lock{state_->mutex};
  state_->off = true;
}

void fault_file_system::crash(base::random& random, bool tear) {
  const std::lock_guard lock{state_->mutex};
  for (const auto& [name, file] : state_->files) {
    if (file.synced == file.written || !std::filesystem::exists(name)) continue;
    const auto torn = tear ? random.below(file.written - file.synced) : 0;
    std::filesystem::resize_file(name, file.synced + torn);
  }
  state_->files.clear();
  state_->off = false;
}

void fault_file_system::set_full(bool on) {
  const std::lock_guard lock{state_->mutex};
  state_->full = on;
}

void fault_file_system::fail_syncs(bool on) {
  const std::lock_guard lock{state_->mutex};
  state_->syncs_fail = on;
}

} // namespace engram::storage
