// Whatever bytes a body holds, it becomes a request of valid values or an error that says where.
#include "base/bytes.hpp"
#include "base/random.hpp"
#include "node/http/json_requests.hpp"
#include "tests/support/damaged_text.hpp"
#include "tests/support/doctest.hpp"

#include <cmath>

using namespace engram;
using namespace engram::node;

namespace {

constexpr int ROUNDS = 3'000;

const std::string EPISODES =
    R"({"memories":[{"id":"a","text":"caf\u00e9 \ud83d\ude00","title":"t","speaker":"Ada",)"
    R"("who":["Bo","Chen"],"place":"x","session":"s","tags":"one","when":"2024-05-08T10:00:00Z",)"
    R"("embedding":[0.5,-1e3,2],"confidence":0.75,"order":-3}],"durability":"local"})";
const std::string QUERY =
    R"({"text":"river","embedding":[1,2],"from":"2024","to":1715000000000,"who":["Ada"],)"
    R"("tags":["b"],"limit":10,"spread":true,"explain":false,"token":"00ff","deadline_ms":50})";

template <class Value>
bool is_explained(const base::result<Value>& got) {
  if (got) return true;
  return got.error().certainty() == base::certainty::definite && !got.error().context.empty();
}

bool is_sound(const memory::episode& what) {
  for (const auto* text : {&what.id, &what.text, &what.title, &what.speaker, &what.place})
    if (base::invalid_utf8_at(*text)) return false;
  return !what.embedding || std::isfinite(what.embedding->scale);
}

std::string no_id() { return "drawn"; }

} // namespace

TEST_SUITE("node") {

  TEST_CASE("the bodies that are damaged below are good ones") {
    const auto episodes = read_remember(EPISODES, no_id);
    REQUIRE(episodes);
    REQUIRE(episodes->episodes.size() == 1);
    CHECK(episodes->episodes[0].text == "caf\u00e9 \U0001F600");
    CHECK(episodes->episodes[0].order == -3);
    CHECK(is_sound(episodes->episodes[0]));
  }

  TEST_CASE("any bytes are memories of valid values or an error that says where") {
    base::random random(31);
    int accepted = 0;
    for (int round = 0; round < ROUNDS; ++round) {
      CAPTURE(round);
      const auto body = damaged_text(EPISODES, random, "{}[]\",:\\ue-.0");
      const auto got = read_remember(body, no_id);
      CHECK(is_explained(got));
      accepted += got.has_value();
      if (got)
        for (const auto& each : got->episodes) CHECK(is_sound(each));
    }
    CHECK(accepted > ROUNDS / 20);
    CHECK(accepted < ROUNDS);
  }

  TEST_CASE("any bytes are a request or an error, whatever is asked for") {
    base::random random(32);
    for (int round = 0; round < ROUNDS; ++round) {
      CAPTURE(round);
      const auto body = damaged_text(round % 2 == 0 ? QUERY : EPISODES, random, "{}[]\",:\\-.0");
      CHECK(is_explained(read_recall(body)));
      CHECK(is_explained(read_spread(body)));
      CHECK(is_explained(read_get(body)));
      CHECK(is_explained(read_forget(body)));
      CHECK(is_explained(read_associate(body)));
      CHECK(is_explained(read_space(body)));
    }
  }

  TEST_CASE("depth does not overflow the stack") {
    for (const char* open : {"[", "{\"a\":"}) {
      std::string deep;
      for (int i = 0; i < 200'000; ++i) deep += open;
      CHECK_FALSE(read_recall(deep));
      CHECK_FALSE(read_recall("{\"text\":" + deep));
    }
    const std::string closed = std::string(200'000, '[') + std::string(200'000, ']');
    CHECK_FALSE(read_recall("{\"text\":" + closed + "}"));
  }

} // TEST_SUITE
