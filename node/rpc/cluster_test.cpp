// What a client hears of the cluster, and who may hear it.
#include "base/bytes.hpp"
#include "node/testing/edge_fixture.hpp"
#include "node/testing/golden.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/message.h>

using namespace engram;
using namespace engram::node;
using base::errc;
using membership::member_state;

namespace {

base::store_id store(std::uint64_t number) { return {{number, number}}; }

/// One of everything: every state, a replica that is level, one that lags, one never heard, one
/// that hands over.
actors::cluster_info example() {
  actors::cluster_info seen;
  seen.cluster = {1, 2};
  seen.self = store(1);
  seen.verdict = "2 of 4 members alive";
  seen.members = {{store(1), "10.0.0.1:7434", member_state::alive, 7},
                  {store(2), "10.0.0.2:7434", member_state::suspect, 3},
                  {store(3), "10.0.0.3:7434", member_state::dead, 1},
                  {store(4), "[::1]:7434", member_state::left, 9}};
  actors::placement_info space{"notes", {{5, 6}}, 3, 2, {}};
  space.replicas = {{store(1), true, 0, base::duration{0}},
                    {store(2), true, 12, base::duration{340}},
                    {store(3), true, std::nullopt, base::duration{0}},
                    {store(4), false, 1, base::duration{90'000}}};
  seen.spaces = {space};
  return seen;
}

errc refusal_of_cluster(rpc_fixture& f, schema::Session::Client on) {
  auto answer = on.clusterRequest().send().wait(f.wait());
  return answer.getResult().isOk() ? errc::ok : code_of(answer.getResult().getError());
}

errc refusal_of_leave(rpc_fixture& f, schema::Session::Client on) {
  auto answer = on.leaveRequest().send().wait(f.wait());
  return answer.getResult().isOk() ? errc::ok : code_of(answer.getResult().getError());
}

errc refusal_of_retire(rpc_fixture& f, schema::Session::Client on, const std::string& member) {
  auto request = on.retireRequest();
  request.setMember({reinterpret_cast<const kj::byte*>(member.data()), member.size()});
  request.setDead(true);
  auto answer = request.send().wait(f.wait());
  return answer.getResult().isOk() ? errc::ok : code_of(answer.getResult().getError());
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("the cluster goes over the wire as the service sees it") {
    rpc_fixture f;
    f.service.known_cluster = example();
    auto answer = f.session().clusterRequest().send().wait(f.wait());
    auto seen = answer.getResult().getOk();
    CHECK(decode(seen.getVerdict()) == "2 of 4 members alive");
    auto members = seen.getMembers();
    REQUIRE(members.size() == 4);
    CHECK(decode(members[1].getAddress()) == "10.0.0.2:7434");
    CHECK(members[0].getState() == schema::Cluster::MemberState::ALIVE);
    CHECK(members[1].getState() == schema::Cluster::MemberState::SUSPECT);
    CHECK(members[2].getState() == schema::Cluster::MemberState::DEAD);
    CHECK(members[3].getState() == schema::Cluster::MemberState::LEFT);
    CHECK(members[0].getIncarnation() == 7);
    auto replicas = seen.getSpaces()[0].getReplicas();
    REQUIRE(replicas.size() == 4);
    CHECK(replicas[0].getHeard());
    CHECK(replicas[1].getLagEntries() == 12);
    CHECK(replicas[1].getLagMs() == 340);
    CHECK_FALSE(replicas[2].getHeard());
    CHECK_FALSE(replicas[3].getPlaced());
  }

  TEST_CASE("the bytes of a cluster are those that older clients read") {
    capnp::MallocMessageBuilder message;
    auto root = message.initRoot<schema::Cluster>();
    encode(example(), root);
    golden_file(ENGRAM_SOURCE_DIR, "client_cluster_v1").check(root);
  }

  TEST_CASE("only an admin of everything may look at the cluster or take a node out of it") {
    rpc_fixture f;
    f.service.may_leave = true;
    f.service.keys["reader"] = {"r", {"", actors::scope::read, {}}};
    f.service.keys["writer"] = {"w", {"", actors::scope::write, {}}};
    f.service.keys["boss of one"] = {"b", {"", actors::scope::admin, {"mine"}}};
    f.service.keys["boss"] = {"a", {"", actors::scope::admin, {}}};
    for (auto key : {"reader", "writer", "boss of one"}) {
      auto session = f.session(key);
      CHECK(refusal_of_cluster(f, session) == errc::forbidden);
      CHECK(refusal_of_leave(f, session) == errc::forbidden);
      CHECK(refusal_of_retire(f, session, std::string(16, 'x')) == errc::forbidden);
    }
    CHECK(f.service.times_left == 0);
    auto boss = f.session("boss");
    CHECK(refusal_of_cluster(f, boss) == errc::ok);
    CHECK(refusal_of_leave(f, boss) == errc::ok);
    CHECK(f.service.times_left == 1);
    CHECK(refusal_of_retire(f, boss, "short") == errc::invalid_argument);
    CHECK(f.service.retired.empty());
    CHECK(refusal_of_retire(f, boss, std::string(16, 'x')) == errc::ok);
    REQUIRE(f.service.retired.size() == 1);
    CHECK(f.service.retired[0].first.hex() == base::to_hex(std::string(16, 'x')));
    CHECK(f.service.retired[0].second);
  }

  TEST_CASE("a node that may not leave says why and stays") {
    rpc_fixture f;
    auto answer = f.session().leaveRequest().send().wait(f.wait());
    CHECK(code_of(answer.getResult().getError()) == errc::too_few_replicas);
    CHECK(f.service.times_left == 0);
  }

  TEST_CASE("a plan goes over the wire, and the change that is asked comes as it was meant") {
    rpc_fixture f;
    f.service.planned = {
        {{"notes", store(1), store(2), 0, true, 12, 3'400}, {"diary", {}, {}, 2, false, 0, 0}},
        5,
        12,
        3'400,
        1'000,
        base::duration{3'400},
        "not now"};
    auto request = f.session().planRequest();
    const auto bytes = store(2).value.bytes();
    request.initChange().setDecommission(capnp::Data::Reader(bytes.data(), bytes.size()));
    auto answer = request.send().wait(f.wait());
    REQUIRE(f.service.plans_asked.size() == 1);
    CHECK(f.service.plans_asked[0].what == actors::topology_change::kind::decommission);
    CHECK(f.service.plans_asked[0].member == store(2));
    auto plan = answer.getResult().getOk();
    REQUIRE(plan.getMoves().size() == 2);
    CHECK(plan.getMoves()[0].getEntries() == 12);
    CHECK(plan.getMoves()[0].getFrom().size() == 16);
    CHECK(plan.getMoves()[1].getTo().size() == 0);
    CHECK(plan.getMoves()[1].getNewcomer() == 2);
    CHECK_FALSE(plan.getMoves()[1].getKnown());
    CHECK(plan.getMilliseconds() == 3'400);
    CHECK(decode(plan.getRefusal()) == "not now");
  }

  TEST_CASE("what a comparison found goes over the wire, each verdict as itself") {
    using enum actors::copy_verdict;
    rpc_fixture f;
    actors::space_comparison found{"notes", {}};
    for (auto verdict : {good, behind, damaged, diverged, unsettled, rebuilding, unreachable})
      found.copies.push_back({store(1), verdict, 3, "why"});
    f.service.compared = {found, {"diary", {}}};
    auto request = f.session().repairRequest();
    request.setSpace("notes");
    auto answer = request.send().wait(f.wait());
    auto list = answer.getResult().getOk();
    REQUIRE(list.size() == 1);
    auto copies = list[0].getCopies();
    using verdict = schema::Comparison::Verdict;
    const std::vector expected{verdict::GOOD,       verdict::BEHIND,    verdict::DAMAGED,
                               verdict::DIVERGED,   verdict::UNSETTLED, verdict::REBUILDING,
                               verdict::UNREACHABLE};
    REQUIRE(copies.size() == expected.size());
    for (unsigned i = 0; i < copies.size(); ++i) CHECK(copies[i].getVerdict() == expected[i]);
    CHECK(copies[3].getDiffering() == 3);
  }

} // TEST_SUITE
