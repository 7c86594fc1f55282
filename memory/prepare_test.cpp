#include "tests/support/space_fixture.hpp"

#include <limits>

namespace engram::memory {
namespace {

using base::errc;

struct bench {
  space_config config = test_config(3);
  analyser words{"english"};
  limits bounds;

  base::result<prepared> run(operation what, std::string_view id = {}) const {
    return prepare(std::move(what), config, bounds, words, id);
  }
  base::error refused(operation what) const {
    const auto p = run(std::move(what));
    return p ? base::error{errc::ok, ""} : p.error();
  }
  template <class Change>
  base::error refused_with(Change change) const {
    episode e = episode_of("id", "text");
    change(e);
    return refused(remember_op{e});
  }
};

bool names(const base::error& e, std::string_view part) {
  return e.context.find(part) != std::string::npos;
}

TEST_SUITE("memory") {

  TEST_CASE("bad ids are refused: empty, too long, not UTF-8, with control characters") {
    const bench b;
    CHECK(b.refused_with([](episode& e) { e.id = ""; }).code == errc::invalid_argument);
    const auto longest = b.refused_with([](episode& e) { e.id = std::string(257, 'x'); });
    CHECK(longest.code == errc::field_too_long);
    CHECK(names(longest, "id_bytes_max=256"));
    const auto bytes = b.refused_with([](episode& e) { e.id = "ab\xFF"; });
    CHECK(bytes.code == errc::invalid_utf8);
    CHECK(names(bytes, "field=id"));
    CHECK(names(bytes, "byte=2"));
    CHECK(b.refused_with([](episode& e) { e.id = std::string("a\0b", 3); }).code ==
          errc::invalid_argument);
    CHECK(b.refused_with([](episode& e) { e.id = "a\nb"; }).code == errc::invalid_argument);
    CHECK(b.refused_with([](episode& e) { e.id = std::string(256, 'x'); }).code == errc::ok);
  }

  TEST_CASE("bad texts are refused, naming the limit or the position") {
    const bench b;
    CHECK(b.refused_with([](episode& e) { e.text = ""; }).code == errc::empty_text);
    const auto longest = b.refused_with([](episode& e) { e.text = std::string(65537, 'x'); });
    CHECK(longest.code == errc::text_too_long);
    CHECK(names(longest, "text_bytes_max=65536"));
    const auto bytes = b.refused_with([](episode& e) { e.text = "caf\xC3"; });
    CHECK(bytes.code == errc::invalid_utf8);
    CHECK(names(bytes, "byte=3"));
    CHECK(b.refused_with([](episode& e) { e.text = "two\nlines\tand a tab"; }).code == errc::ok);
  }

  TEST_CASE("bad fields are refused") {
    const bench b;
    const auto title = b.refused_with([](episode& e) { e.title = std::string(1025, 'x'); });
    CHECK(title.code == errc::field_too_long);
    CHECK(names(title, "field=title"));
    CHECK(b.refused_with([](episode& e) { e.place = "\xED\xA0\x80"; }).code == errc::invalid_utf8);
    CHECK(b.refused_with([](episode& e) { e.tags.assign(65, "t"); }).code == errc::field_too_long);
    CHECK(b.refused_with([](episode& e) { e.who = {"ok", "\x80"}; }).code == errc::invalid_utf8);
    CHECK(b.refused_with([](episode& e) { e.when = base::instant{INT64_MAX}; }).code ==
          errc::invalid_time);
    CHECK(b.refused_with([](episode& e) { e.confidence = 1.5; }).code == errc::invalid_argument);
    CHECK(b.refused_with([](episode& e) {
             e.confidence = std::numeric_limits<double>::quiet_NaN();
           }).code == errc::not_finite);
  }

  TEST_CASE("bad embeddings are refused") {
    const bench b;
    const auto with = [&b](std::vector<std::int8_t> values, float scale) {
      return b.refused_with([&](episode& e) { e.embedding = embedding{std::move(values), scale}; });
    };
    CHECK(with({1, 2, 3}, 0.5f).code == errc::ok);
    CHECK(with({0, 0, 0}, 0.0f).code == errc::ok);
    const auto wrong = with({1, 2}, 0.5f);
    CHECK(wrong.code == errc::wrong_dimension);
    CHECK(names(wrong, "given=2 space=3"));
    CHECK(with({1, 2, 3}, std::numeric_limits<float>::infinity()).code == errc::not_finite);
    CHECK(with({1, 2, 3}, std::numeric_limits<float>::quiet_NaN()).code == errc::not_finite);
    CHECK(with({1, 2, 3}, 0.0f).code == errc::invalid_argument);
    CHECK(with({1, 2, 3}, -1.0f).code == errc::invalid_argument);
    CHECK(with({-128, 2, 3}, 1.0f).code == errc::invalid_argument);
  }

  TEST_CASE("a text-only space takes no embedding") {
    bench b;
    b.config.dimension = 0;
    const auto refused = b.refused_with([](episode& e) { e.embedding = embedding{{1}, 1.0f}; });
    CHECK(refused.code == errc::wrong_dimension);
  }

  TEST_CASE("bad associations, forgets, accesses and settings are refused") {
    const bench b;
    const auto link = [&b](std::string target, std::string kind, double weight) {
      association a = associated("a", std::move(target), weight);
      a.kind = std::move(kind);
      return b.refused(associate_op{a}).code;
    };
    CHECK(link("b", "hypernym", 1) == errc::ok);
    CHECK(link("a", "hypernym", 1) == errc::invalid_argument);
    CHECK(link("", "hypernym", 1) == errc::invalid_argument);
    CHECK(link("b", "Hyper nym", 1) == errc::invalid_name);
    CHECK(link("b", "", 1) == errc::invalid_name);
    CHECK(link("b", "k", 0) == errc::invalid_argument);
    CHECK(link("b", "k", std::numeric_limits<double>::infinity()) == errc::not_finite);
    CHECK(b.refused(forget_op{"", forget_mode::erase}).code == errc::invalid_argument);
    CHECK(b.refused(forget_op{"a", static_cast<forget_mode>(9)}).code == errc::invalid_argument);
    CHECK(b.refused(access_op{{}, {0}}).code == errc::invalid_argument);
    CHECK(b.refused(configure_op{"decay.colour", "red"}).code == errc::invalid_name);
    CHECK(b.refused(configure_op{"decay.floor", "nan"}).code == errc::invalid_argument);
    CHECK(b.refused(configure_op{"decay.floor", "0.2"}).code == errc::ok);
    CHECK(b.refused(configure_op{"consolidation.similarity", "0.9"}).code == errc::ok);
    CHECK(b.refused(configure_op{"consolidation.similarity", "1.1"}).code ==
          errc::invalid_argument);
    CHECK(b.refused(configure_op{"consolidation.members_min", "1"}).code == errc::invalid_argument);
  }

  TEST_CASE("a memory's operation id is its id; others have the caller's, or their content") {
    const bench b;
    const auto remembered = b.run(remember_op{episode_of("a", "t")}, "ignored");
    CHECK(remembered->operation_hash == memory_key_of(b.config.identity, "a").value);
    const forget_op forget{"a", forget_mode::suppress};
    CHECK(b.run(forget, "x")->operation_hash != b.run(forget, "y")->operation_hash);
    CHECK(b.run(forget, "x")->operation_hash == b.run(forget, "x")->operation_hash);
    CHECK(b.run(forget)->operation_hash == b.run(forget)->operation_hash);
  }

  TEST_CASE("what the log gives back is what was prepared") {
    const bench b;
    episode e = episode_of("a", "Ada likes kiwis");
    e.who = {"Bo", "Ada"};
    e.order = 3;
    const auto p = b.run(remember_op{e});
    REQUIRE(p);
    const auto back = decode_prepared(p->kind, p->payload, b.config, b.words);
    REQUIRE(back);
    CHECK(back->subject == p->subject);
    CHECK(back->content == p->content);
    CHECK(back->operation_hash == p->operation_hash);
    CHECK(back->payload == p->payload);
    CHECK(back->what->who == std::vector<std::string>{"Ada", "Bo"});
    CHECK(back->what->order == 3);
    CHECK(back->words->words == p->words->words);
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory
