#include "actors/testing/node_fixture.hpp"

using namespace engram;
using namespace engram::actors;

namespace {

base::result<authority> authenticate(node_fixture& n, const std::string& secret) {
  return wait_for<authority>([&](auto done) { n.core->authenticate(secret, done); });
}

base::result<new_key> create_key(node_fixture& n, key_spec spec) {
  return wait_for<new_key>([&](auto done) { n.core->create_key(std::move(spec), done); });
}

} // namespace

TEST_CASE("creating a space again is the same space; with another specification it is refused") {
  node_fixture n;
  const auto first = n.create("notes");
  CHECK(n.create("notes").identity == first.identity);
  CHECK(first.generation == 1);
  const auto other = wait_for<space_info>([&](auto done) {
    n.core->create_space({"notes", 8, "english"}, done);
  });
  CHECK(other.error().code == base::errc::space_exists);
  for (const auto& spec : {space_spec{"Bad Name", 0, ""}, space_spec{"_cluster", 0, ""}}) {
    const auto bad = wait_for<space_info>([&](auto done) { n.core->create_space(spec, done); });
    CHECK(bad.error().code == base::errc::invalid_name);
  }
  const auto language = wait_for<space_info>([&](auto done) {
    n.core->create_space({"x", 0, "klingon"}, done);
  });
  CHECK(language.error().code == base::errc::invalid_argument);
}

TEST_CASE("spaces are listed with what they hold, also after a restart") {
  node_fixture n;
  const auto b = n.create("b").identity;
  n.create("a");
  REQUIRE(n.remember(b, "1", "one"));
  n.reboot();
  const auto all = wait_for<std::vector<space_info>>([&](auto done) { n.core->list_spaces(done); });
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK(all->at(0).spec.name == "a");
  CHECK(all->at(1).memories == 1);
}

TEST_CASE("a dropped space is gone for good, and its name begins anew") {
  node_fixture n;
  const auto old_space = n.create("notes").identity;
  REQUIRE(n.remember(old_space, "1", "one"));
  REQUIRE(n.drop("notes"));
  CHECK(n.drop("notes").error().code == base::errc::unknown_space);
  CHECK(n.get(old_space, {"1"}).error().code == base::errc::unknown_space);
  const auto again = n.create("notes");
  CHECK(again.generation == 2);
  CHECK(again.identity != old_space);
  CHECK(again.memories == 0);
  CHECK(n.remember(again.identity, "1", "other content"));
  n.reboot();
  CHECK(n.info(again.identity).memories == 1);
  CHECK(n.get(old_space, {"1"}).error().code == base::errc::unknown_space);
}

TEST_CASE("keys open sessions, are shown once, and end everywhere when revoked") {
  node_fixture n;
  const auto anonymous = authenticate(n, "");
  REQUIRE(anonymous);
  CHECK(n.core->in_force(*anonymous));
  CHECK_FALSE(n.core->key_required());

  const auto key = create_key(n, {"ci", scope::write, {"notes"}});
  REQUIRE(key);
  CHECK(n.core->key_required());
  CHECK_FALSE(n.core->in_force(*anonymous));
  CHECK(authenticate(n, "").error().code == base::errc::unauthenticated);
  n.reboot();
  CHECK(n.core->key_required());
  const auto who = authenticate(n, key->secret);
  REQUIRE(who);
  CHECK(who->spec.scope == scope::write);
  CHECK(who->spec.spaces == std::vector<std::string>{"notes"});
  CHECK(n.core->in_force(*who));
  auto forged = key->secret;
  forged.back() = forged.back() == '0' ? '1' : '0';
  CHECK(authenticate(n, forged).error().code == base::errc::unauthenticated);

  REQUIRE(wait_for<void>([&](auto done) { n.core->revoke_key(key->info.id, done); }));
  CHECK_FALSE(n.core->in_force(*who));
  CHECK(authenticate(n, key->secret).error().code == base::errc::unauthenticated);
  const auto keys = wait_for<std::vector<key_info>>([&](auto done) { n.core->list_keys(done); });
  REQUIRE(keys->size() == 1);
  CHECK(keys->at(0).revoked);
  const auto unknown = wait_for<void>([&](auto done) { n.core->revoke_key("nobody", done); });
  CHECK(unknown.error().code == base::errc::unknown_key);
}

TEST_CASE("under a memory budget the unused space is closed and opens again on use") {
  node_fixture n(false);
  n.config.memory_budget_bytes = 1;
  n.boot();
  const auto a = n.create("a").identity;
  REQUIRE(n.remember(a, "1", "one"));
  const auto closed_count = [&] {
    return n.registry->render().find("engram_actors_spaces_opened_total 2") != std::string::npos;
  };
  CHECK_FALSE(closed_count());
  n.clock.advance(base::duration{5000});
  // A tick closes it in the background; the next use finds it open or opens it again.
  while (!closed_count()) {
    n.core->tick();
    REQUIRE(n.get(a, {"1"})->size() == 1);
    n.clock.advance(base::duration{5000});
  }
  CHECK(n.remember(a, "1", "one")->known);
}
