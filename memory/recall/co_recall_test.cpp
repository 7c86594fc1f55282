#include "memory/psychology/laboratory.hpp"
#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

using psychology::laboratory;

constexpr double DAY = 24;

void fill(laboratory& lab) {
  lab.study("boat", "a red boat in the harbour");
  lab.study("letter", "the letter from grandmother");
  lab.study("roof", "the roof was mended");
  lab.study("stove", "an iron stove");
}

/// What the cue gives each memory, and through which associations.
std::map<std::string, hit> asked(laboratory& lab, const std::string& cue, double hours,
                                 double weight = recall_config{}.co_recall) {
  recall_setting setting = lab.setting();
  setting.weights.co_recall = weight;
  recall_query query;
  query.cue.text = cue;
  query.explain = true;
  query.now = laboratory::at_hours(hours);
  std::map<std::string, hit> out;
  for (hit& h : recall(*lab.view(), setting, query).hits) out.emplace(h.id, std::move(h));
  return out;
}

double heard(laboratory& lab, const std::string& from, const std::string& to, double hours) {
  const auto hits = asked(lab, from, hours);
  const auto at = hits.find(to);
  return at == hits.end() ? 0 : at->second.activation.to_double();
}

TEST_SUITE("memory") {

  TEST_CASE("what was recalled together brings each other up, the less the longer ago") {
    laboratory lab;
    fill(lab);
    lab.study_together({"boat", "letter"}, 0.8);
    CHECK(heard(lab, "boat", "letter", DAY) == 0); // once is chance
    lab.study_together({"boat", "letter"}, 1);
    const double soon = heard(lab, "boat", "letter", 2), later = heard(lab, "boat", "letter", DAY);
    CHECK(soon > later);
    CHECK(later > heard(lab, "boat", "letter", 365 * DAY));
    CHECK(heard(lab, "boat", "letter", 365 * DAY) > 0);
    CHECK(heard(lab, "letter", "boat", DAY) > 0);
    CHECK(heard(lab, "boat", "roof", DAY) == 0);
    CHECK(heard(lab, "boat", "letter", 0.9) == 0); // one of the two is still to come
    const auto hits = asked(lab, "boat", DAY);
    CHECK(hits.at("letter").why->associations.at(0).kind == "co-recall");
    CHECK(hits.at("letter").why->associations.at(0).from == "boat");
  }

  TEST_CASE("more recalls bind more, and never more than the weight") {
    laboratory once, often;
    for (auto* lab : {&once, &often}) {
      fill(*lab);
      lab->study_together({"boat", "letter"}, 1);
      lab->study_together({"boat", "letter"}, 2);
    }
    for (int i = 3; i < 9; ++i) often.study_together({"boat", "letter"}, i);
    CHECK(heard(often, "boat", "letter", 10) > heard(once, "boat", "letter", 10));
    const auto hits = asked(often, "boat", 10);
    CHECK(hits.at("letter").why->associations.at(0).weight < recall_config{}.co_recall);
  }

  TEST_CASE("co-recall does not depend on the order in which recalls arrived or were published") {
    laboratory forward, backward;
    for (auto* lab : {&forward, &backward}) fill(*lab);
    const std::vector<std::vector<std::string>> occasions{
        {"boat", "letter", "roof"}, {"boat", "roof"}, {"stove", "boat", "letter"}};
    for (int i = 0; i < 24; ++i) {
      const auto at = [&](int k) { return static_cast<std::size_t>(k) % occasions.size(); };
      forward.study_together(occasions[at(i)], i);
      if (i % 5 == 0) forward.view();
      backward.study_together(occasions[at(23 - i)], 23 - i);
    }
    for (const auto* cue : {"boat", "letter", "roof", "stove"}) {
      const auto a = asked(forward, cue, 30), b = asked(backward, cue, 30);
      REQUIRE(a.size() == b.size());
      for (const auto& [id, one] : a) CHECK(one.score == b.at(id).score);
    }
  }

  TEST_CASE("with its weight 0 every score is as if nothing had been recalled together") {
    laboratory apart, together;
    for (auto* lab : {&apart, &together}) fill(*lab);
    for (const double hour : {1.0, 2.0}) {
      for (const auto* id : {"boat", "letter"}) apart.study_together({id}, hour);
      together.study_together({"boat", "letter"}, hour);
    }
    const auto a = asked(apart, "boat letter", DAY), b = asked(together, "boat letter", DAY, 0);
    REQUIRE(a.size() == b.size());
    for (const auto& [id, one] : a) CHECK(one.score == b.at(id).score);
    CHECK(asked(together, "boat", DAY, 0).size() == 1);
  }

  TEST_CASE("an occasion of very many memories binds none, and neither does what is hidden") {
    laboratory lab;
    fill(lab);
    std::vector<std::string> many{"boat", "letter"};
    for (int i = 0; i < 40; ++i) {
      many.push_back("m" + std::to_string(i));
      lab.study(many.back(), "word" + std::string(2, static_cast<char>('a' + i % 26)));
    }
    for (const double hour : {1.0, 1.5}) lab.study_together(many, hour);
    CHECK(heard(lab, "boat", "letter", DAY) == 0);
    for (const double hour : {2.0, 2.5}) lab.study_together({"boat", "roof"}, hour);
    CHECK(heard(lab, "boat", "roof", DAY) > 0);
    lab.under.memories->set_visible(2, false);
    CHECK(heard(lab, "boat", "roof", DAY) == 0);
    lab.under.memories->set_visible(2, true);
    lab.under.memories->set_access(2, nullptr);
    CHECK(heard(lab, "boat", "roof", DAY) == 0);
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory
