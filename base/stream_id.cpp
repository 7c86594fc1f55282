#include "base/stream_id.hpp"

namespace engram::base {

std::string stream_item_id(const space_id& space, std::string_view stream, std::uint64_t number) {
  return digest128()
      .add_field("engram stream")
      .add(space.value)
      .add_field(stream)
      .add(number)
      .finish()
      .hex();
}

} // namespace engram::base
