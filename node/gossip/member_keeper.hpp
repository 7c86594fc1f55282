#pragma once
// Writes the member file on a thread of its own: a disk that stalls must not make the node look
// dead. Of several images waiting only the newest is written. Owner: member_driver; destroying it
// writes what is left and joins the thread.

#include "node/gossip/member_file.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace engram::node {

class member_keeper {
public:
  /// `outcome` runs on the keeper's thread after each attempt: the image, or why it is not kept.
  using outcome = std::function<void(const member_image&, const base::result<void>&)>;

  member_keeper(std::string path, outcome heard);
  ~member_keeper();
  member_keeper(const member_keeper&) = delete;
  member_keeper& operator=(const member_keeper&) = delete;

  /// Thread: any.
  void keep(member_image image);

private:
  void run();

  const std::string path_;
  const outcome heard_;
  std::mutex mutex_;
  std::condition_variable bell_;
  std::optional<member_image> next_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace engram::node
