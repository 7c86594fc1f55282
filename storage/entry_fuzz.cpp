// Laws of the entry codec over seeded random inputs.
#include "base/random.hpp"
#include "storage/entry.hpp"
#include "tests/support/doctest.hpp"

namespace engram::storage {
namespace {

std::string random_bytes(base::random& random, std::size_t size) {
  std::string out(size, '\0');
  for (auto& c : out) c = static_cast<char>(random.below(256));
  return out;
}

entry_header random_header(base::random& random) {
  entry_header h;
  h.space.value = random.hash();
  h.origin.value = random.hash();
  h.sequence = random.next();
  h.stamp.value = random.next();
  h.kind = static_cast<std::uint8_t>(random.below(256));
  h.operation = random.hash();
  h.payload_hash = random.hash();
  h.payload_bytes = static_cast<std::uint32_t>(random.next());
  h.running = random.hash();
  return h;
}

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("every header and payload survives its encoding") {
  base::random random{11};
  for (int i = 0; i < 2000; ++i) {
    const auto header = random_header(random);
    CHECK(*decode_header(encode_header(header)) == header);
    const entry_payload payload{random.hash(), random_bytes(random, random.below(300))};
    CHECK(*decode_payload(encode_payload(payload)) == payload);
  }
}

TEST_CASE("a decoded header encodes to the very bytes it was decoded from") {
  base::random random{12};
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = random.chance(0.5) ? random_bytes(random, random.below(140))
                                    : encode_header(random_header(random));
    for (auto flips = random.below(3); flips > 0 && !bytes.empty(); --flips)
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    if (random.chance(0.2)) bytes.resize(random.below(bytes.size() + 1));
    if (const auto header = decode_header(bytes)) CHECK(encode_header(*header) == bytes);
    if (const auto payload = decode_payload(bytes)) CHECK(encode_payload(*payload) == bytes);
    (void)parse_entry_key(bytes);
  }
}

TEST_CASE("one changed bit changes the running hash of all that follows") {
  base::random random{13};
  std::vector<entry_header> log;
  base::hash128 running;
  for (int i = 0; i < 20; ++i) {
    log.push_back(random_header(random));
    seal_header(running, log.back());
    running = log.back().running;
  }
  for (std::size_t changed = 0; changed < log.size(); ++changed) {
    auto other = log;
    other[changed].stamp.value ^= 1;
    base::hash128 again;
    for (std::size_t i = 0; i < other.size(); ++i) {
      again = running_hash(again, other[i]);
      CHECK((again == log[i].running) == (i < changed));
    }
  }
}

TEST_SUITE_END();

} // namespace engram::storage
