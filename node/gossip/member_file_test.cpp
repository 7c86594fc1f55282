#include "node/gossip/member_keeper.hpp"

#include "base/random.hpp"
#include "node/testing/temporary_folder.hpp"
#include "tests/support/doctest.hpp"

#include <fstream>

using namespace engram;
using namespace engram::node;

namespace {

member_image image(std::uint64_t incarnation_max) {
  membership::member_record ada, bob;
  ada.id = {{1, 1}};
  ada.gossip_address = ada.peer_address = "10.0.0.1:7434";
  ada.incarnation = 5;
  bob.id = {{2, 2}};
  bob.zone = "north";
  bob.state = membership::member_state::dead;
  return {{7, 7}, {{1, 1}}, incarnation_max, {ada, bob}};
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("known members are read as they were kept, and a folder without them has none") {
    temporary_folder folder;
    const auto path = folder.path + "/members";
    CHECK_FALSE(load_members(path).value().has_value());
    REQUIRE(save_members(path, image(17)));
    CHECK(*load_members(path).value() == image(17));
    REQUIRE(save_members(path, image(33)));
    CHECK(*load_members(path).value() == image(33));
  }

  TEST_CASE("known members with any bit flipped or cut are an error, not other members") {
    const auto whole = encode(image(17));
    for (std::size_t i = 0; i < whole.size() * 8; ++i) {
      auto flipped = whole;
      flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
      CHECK_FALSE(decode_members(flipped));
    }
    for (std::size_t length = 0; length < whole.size(); ++length)
      CHECK_FALSE(decode_members(whole.substr(0, length)));
  }

  TEST_CASE("known members have the bytes they always had") {
    const auto bytes = encode({{0, 1}, {{0, 2}}, 3, {}});
    CHECK(decode_members(bytes).value() == member_image{{0, 1}, {{0, 2}}, 3, {}});
    std::string hex;
    for (unsigned char c : bytes) {
      char two[3];
      std::snprintf(two, sizeof two, "%02x", c);
      hex += two;
    }
    CHECK(hex == "52a96fc2a18f33e6" // checksum
                 "011000000000000000000000000000000001"
                 "021000000000000000000000000000000002"
                 "030103"
                 "0415010106021000000000000000000000000000000002");
  }

  TEST_CASE("a folder that cannot be written to is told, and what is kept last is what stays") {
    temporary_folder folder;
    const auto path = folder.path + "/members";
    CHECK(save_members(folder.path + "/missing/members", image(1)).error().code ==
          base::errc::write_failed);
    std::uint64_t last = 0;
    {
      member_keeper keeper(path, [&](const member_image& written, const auto& how) {
        CHECK(how);
        last = written.incarnation_max;
      });
      for (std::uint64_t i = 1; i <= 100; ++i) keeper.keep(image(i));
    }
    CHECK(last == 100);
    CHECK(load_members(path).value()->incarnation_max == 100);
  }

} // TEST_SUITE
