#include "storage/entry.hpp"

#include "base/bytes.hpp"
#include "tests/support/doctest.hpp"

#include <filesystem>
#include <fstream>

namespace engram::storage {
namespace {

entry_header example_header() {
  entry_header h;
  h.space.value = {0x0101010101010101, 0x0202020202020202};
  h.origin.value = {0x0303030303030303, 0x0404040404040404};
  h.sequence = 0x1122334455667788;
  h.stamp.value = 0x0000018f0a0b0c0d;
  h.kind = 1;
  h.operation = {5, 6};
  h.payload_hash = {7, 8};
  h.payload_bytes = 0xa1b2c3d4;
  return h;
}

/// One line of hex, ended by a line feed.
std::string golden(const std::string& name) {
  std::ifstream in{std::filesystem::path{ENGRAM_GOLDEN_DIR} / name};
  std::string hex;
  REQUIRE(std::getline(in, hex));
  const auto bytes = base::from_hex(hex);
  REQUIRE(bytes.has_value());
  return *bytes;
}

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("golden headers decode to what was written and encode to the same bytes") {
  auto expected = example_header();
  const auto sealed = seal_header(base::hash128{9, 10}, expected);
  const auto bytes = golden("entry_header_v1.hex");
  INFO("now encodes as " << base::to_hex(sealed));
  const auto header = decode_header(bytes);
  REQUIRE(header.has_value());
  CHECK(*header == expected);
  CHECK(encode_header(*header) == bytes);
}

TEST_CASE("golden payloads decode, and their hash is keyed with the salt") {
  const auto bytes = golden("entry_payload_v1.hex");
  const auto payload = decode_payload(bytes);
  INFO("hash is " << hash_payload({1, 2}, "what happened").hex() << " bytes "
                  << base::to_hex(encode_payload({{1, 2}, "what happened"})));
  REQUIRE(payload.has_value());
  CHECK(*payload == entry_payload{{1, 2}, "what happened"});
  CHECK(encode_payload(*payload) == bytes);
  CHECK(hash_payload({1, 2}, "what happened").hex() == "c938d90341d89c889e622d2e460c49c0");
  CHECK(hash_payload({1, 2}, "what happened") != hash_payload({1, 3}, "what happened"));
}

TEST_CASE("sealing says the same as encoding and hashing apart") {
  auto header = example_header();
  const base::hash128 previous{1, 1};
  const auto bytes = seal_header(previous, header);
  CHECK(header.running == running_hash(previous, header));
  CHECK(bytes == encode_header(header));

  const auto payload = seal_payload({3, 4}, "text");
  CHECK(payload.stored == encode_payload({{3, 4}, "text"}));
  CHECK(payload.hash == hash_payload({3, 4}, "text"));
}

TEST_CASE("the running hash depends on the past and on every field") {
  const auto header = example_header();
  const auto reference = running_hash({1, 1}, header);
  CHECK(running_hash({1, 2}, header) != reference);
  const auto differs = [&](auto change) {
    auto other = header;
    change(other);
    return running_hash({1, 1}, other) != reference;
  };
  CHECK(differs([](auto& h) { ++h.space.value.low; }));
  CHECK(differs([](auto& h) { ++h.origin.value.high; }));
  CHECK(differs([](auto& h) { ++h.sequence; }));
  CHECK(differs([](auto& h) { ++h.stamp.value; }));
  CHECK(differs([](auto& h) { ++h.kind; }));
  CHECK(differs([](auto& h) { ++h.operation.low; }));
  CHECK(differs([](auto& h) { ++h.payload_hash.low; }));
  CHECK(differs([](auto& h) { ++h.payload_bytes; }));
  CHECK_FALSE(differs([](auto& h) { ++h.running.low; }));
}

TEST_CASE("a header of a later version is refused as such, a cut one as corrupt") {
  auto bytes = encode_header(example_header());
  CHECK(decode_header(bytes.substr(0, 50)).error().code == base::errc::corrupt);
  CHECK(decode_header(bytes + "x").error().code == base::errc::corrupt);
  CHECK(decode_header("").error().code == base::errc::corrupt);
  bytes[0] = 2;
  CHECK(decode_header(bytes).error().code == base::errc::unsupported_format);
  bytes[0] = 0;
  CHECK(decode_header(bytes).error().code == base::errc::corrupt);
}

TEST_CASE("an erased payload is no payload") {
  CHECK(decode_payload("").error().code == base::errc::corrupt);
  CHECK(decode_payload("fifteen bytes..").error().code == base::errc::corrupt);
  CHECK(decode_payload("sixteen bytes...")->bytes.empty());
}

TEST_CASE("keys sort by space, then origin, then sequence") {
  CHECK(base::to_hex(entry_key(1, 2, 3)) == "00000001000000020000000000000003");
  CHECK(entry_key(1, 9, 9) < entry_key(2, 0, 0));
  CHECK(entry_key(1, 255, 9) < entry_key(1, 256, 0));
  CHECK(entry_key(1, 2, 255) < entry_key(1, 2, 256));
  CHECK(*parse_entry_key(entry_key(7, 8, 9)) == entry_place{7, 8, 9});
  CHECK_FALSE(parse_entry_key("short").has_value());
  CHECK_FALSE(parse_entry_key(std::string(17, 'x')).has_value());
}

TEST_SUITE_END();

} // namespace engram::storage
