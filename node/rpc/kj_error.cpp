#include "node/rpc/kj_error.hpp"

namespace engram::node {

base::error to_error(const kj::Exception& failure) {
  std::string context = failure.getDescription().cStr();
  switch (failure.getType()) {
  case kj::Exception::Type::OVERLOADED:
    return {base::errc::overloaded, context};
  case kj::Exception::Type::DISCONNECTED:
    return {base::errc::disconnected, context};
  case kj::Exception::Type::UNIMPLEMENTED:
    return {base::errc::unimplemented, context};
  case kj::Exception::Type::FAILED:
    break;
  }
  return {base::errc::internal, context};
}

} // namespace engram::node
