#include "client/cli/cluster_view.hpp"
#include "tests/support/doctest.hpp"

#include <sstream>

namespace engram::client {

namespace {

/// Three members of which `states` are as given, and one space on all of them; the first is asked.
cluster_info three(member_state second, member_state third) {
  cluster_info seen;
  seen.cluster = "c";
  seen.self = "a";
  seen.verdict = "serving";
  seen.members = {{"a", "10.0.0.1:7434", member_state::alive, 1},
                  {"b", "10.0.0.2:7434", second, 2},
                  {"c", "10.0.0.3:7434", third, 3}};
  placement_info notes{"notes", "id", 3, 2, {}};
  notes.replicas = {{"b", true, 0, base::duration{0}},
                    {"a", true, std::nullopt, base::duration{0}},
                    {"c", true, 1'200, base::duration{340}}};
  seen.spaces = {notes};
  return seen;
}

std::string printed(const cluster_info& seen) {
  std::ostringstream out, err;
  event_loop loop;
  const shell to(loop, {}, {&out}, {&err});
  print_members(seen, to);
  for (const auto& space : seen.spaces) print_placement(space, seen, to);
  return out.str();
}

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("the verdict counts members by state and names what spaces lack") {
  using enum member_state;
  CHECK(verdict_text(three(alive, alive)) ==
        "serving · 3 members: 3 alive · 1 space, all replicas in reach");
  CHECK(verdict_text(three(suspect, dead)) ==
        "serving · 3 members: 1 alive, 1 suspect, 1 dead · 1 space, 1 short of replicas");
  CHECK(verdict_text(three(dead, left)) ==
        "serving · 3 members: 1 alive, 1 dead, 1 left · 1 space, 1 without a quorum");
  CHECK(verdict_text({}) == " · 0 members · 0 spaces");
}

TEST_CASE("a cluster serves while every space reaches its quorum, a suspect still counted") {
  using enum member_state;
  CHECK(serves(three(alive, dead)));
  CHECK(serves(three(suspect, dead)));
  CHECK_FALSE(serves(three(dead, dead)));
  CHECK_FALSE(serves(three(dead, left)));
  CHECK(serves({}));
}

TEST_CASE("a member is named by its address or the beginning of its store id, and only one") {
  auto seen = three(member_state::alive, member_state::alive);
  CHECK(named_member(seen, "10.0.0.2:7434")->store == "b");
  CHECK(named_member(seen, "c")->store == "c");
  CHECK(named_member(seen, "").error().code == base::errc::invalid_argument);
  CHECK(named_member(seen, "d").error().code == base::errc::invalid_argument);
  seen.members.push_back({"bb", "10.0.0.2:7434", member_state::left, 4});
  CHECK(named_member(seen, "10.0.0.2:7434")->store == "b");
  seen.members.back().state = member_state::dead;
  CHECK(named_member(seen, "b").error().code == base::errc::invalid_argument);
}

TEST_CASE("a store that hands entries over, or that no member has, is no replica in reach") {
  auto seen = three(member_state::alive, member_state::alive);
  seen.spaces[0].replicas[0].placed = false;
  seen.spaces[0].replicas[2].store = "nobody";
  CHECK(reachable(seen.spaces[0], seen) == 1);
  const auto text = printed(seen);
  CHECK(text.find("1 of 3 replicas in reach, quorum 2") != std::string::npos);
  CHECK(text.find("hands over") != std::string::npos);
  CHECK(text.find("store nobody") != std::string::npos);
}

TEST_CASE("a lag is told in entries and time, and what was never heard is not called level") {
  const auto seen = three(member_state::alive, member_state::alive);
  const auto& replicas = seen.spaces[0].replicas;
  CHECK(lag_text(replicas[0], seen) == "level");
  CHECK(lag_text(replicas[1], seen) == "asked");
  CHECK(lag_text(replicas[2], seen) == "1,200 entries, 340 ms behind");
  CHECK(lag_text({"b", true, 1, base::duration{9'999}}, seen) == "1 entry, 9,999 ms behind");
  CHECK(lag_text({"b", true, 1, base::duration{180'000}}, seen) == "1 entry, 3 min behind");
  CHECK(lag_text({"b", true, std::nullopt, base::duration{0}}, seen) == "lag not known");
  CHECK(lag_text({"b", true, 2, base::duration{0}}, seen) == "2 entries behind");
}

TEST_CASE("members are listed with address, state and incarnation, the asked one marked") {
  const auto text = printed(three(member_state::suspect, member_state::dead));
  CHECK(text.find("10.0.0.1:7434  alive    incarnation 1  store a  asked\n") != std::string::npos);
  CHECK(text.find("10.0.0.2:7434  suspect  incarnation 2  store b\n") != std::string::npos);
  CHECK(text.find("10.0.0.3:7434  1,200 entries, 340 ms behind  dead\n") != std::string::npos);
}

TEST_CASE("JSON tells a lag only where it is known") {
  const auto seen = three(member_state::alive, member_state::dead);
  json_writer w;
  append_cluster(seen, w);
  const auto& text = w.text();
  CHECK(text.find(R"("serves":true)") != std::string::npos);
  CHECK(text.find(R"({"store":"b","address":"10.0.0.2:7434","state":"alive","placed":true,)"
                  R"("asked":false,"lag_entries":0,"lag_ms":0})") != std::string::npos);
  CHECK(text.find(R"("state":"alive","placed":true,"asked":true})") != std::string::npos);
  CHECK(text.find(R"("factor":3,"quorum":2,"reachable":2)") != std::string::npos);
}

TEST_SUITE_END();

} // namespace engram::client
