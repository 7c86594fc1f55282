#pragma once
// A world of its own for a run: the program goes on in new user, network, mount and process
// namespaces with nothing but loopback, so that cut links, full disks and killed processes concern
// nobody else. Needs no root where the kernel allows unprivileged user namespaces.
// Thread: the only one; before any other is made.

#include "base/result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace engram::jepsen {

/// Runs `inside` in there and returns its exit code. errc::unavailable: no such namespaces here.
base::result<int> in_sandbox(const std::function<int()>& inside);

/// Runs `inside` in a child process; its exit code, -1 when it had none.
int in_child(const std::function<int()>& inside);

/// A file system of its own at `folder`, of that size, in memory.
base::result<void> mount_small_disk(const std::string& folder, std::uint64_t bytes);
void unmount(const std::string& folder);

} // namespace engram::jepsen
