// Loaded into every node of a run before libc: TCP connections leave from the node's own address,
// as they do between machines, so that rules by source and destination tell nodes apart. The node's
// binary stays the shipped one.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>

extern "C" int connect(int handle, const sockaddr* to, socklen_t size) {
  using connect_call = int (*)(int, const sockaddr*, socklen_t);
  static const auto next = reinterpret_cast<connect_call>(dlsym(RTLD_NEXT, "connect"));
  const char* own = std::getenv("ENGRAM_JEPSEN_SOURCE");
  int type = 0;
  socklen_t type_size = sizeof type;
  getsockopt(handle, SOL_SOCKET, SO_TYPE, &type, &type_size);
  if (own && to && to->sa_family == AF_INET && type == SOCK_STREAM) {
    sockaddr_in from{};
    from.sin_family = AF_INET;
    const int later = 1; // the port is chosen with the destination
    setsockopt(handle, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &later, sizeof later);
    if (inet_pton(AF_INET, own, &from.sin_addr) == 1)
      (void)bind(handle, reinterpret_cast<const sockaddr*>(&from), sizeof from);
  }
  return next(handle, to, size);
}
