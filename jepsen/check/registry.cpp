#include "jepsen/check/checkers.hpp"

#include <functional>
#include <map>

namespace engram::jepsen {

namespace {

using checker = std::function<verdict(const history&)>;

const std::map<std::string, checker>& checkers() {
  static const std::map<std::string, checker> all{
      {"set", check_set},
      {"deletion", check_deletion},
      {"session", check_session},
      {"register", check_register},
      {"stream", check_stream},
      {"counter", check_counter},
      {"spaces", check_spaces},
      {"recall", check_recall},
      {"concepts", check_concepts},
      {"convergence", [](const history& of) { return check_convergence(of); }},
      {"staleness", check_staleness},
      {"availability", check_availability},
      {"durability", check_durability},
      {"exits", check_exits},
      {"usage", check_usage},
  };
  return all;
}

const std::map<std::string, std::vector<std::string>>& workloads() {
  static const std::map<std::string, std::vector<std::string>> all{
      {"set", {"set", "staleness", "convergence", "availability", "durability"}},
      {"forget", {"deletion", "convergence", "availability", "durability"}},
      {"causal", {"session", "convergence", "availability", "durability"}},
      {"register", {"register", "convergence", "availability", "durability"}},
      {"stream", {"stream", "convergence", "availability"}},
      {"counter", {"counter", "convergence", "availability"}},
      {"recall", {"recall", "convergence", "availability", "durability"}},
      {"concepts", {"concepts", "convergence", "availability", "durability"}},
      {"spaces", {"spaces", "availability"}},
  };
  return all;
}

template <class Map>
base::error unknown(const char* what, const std::string& name, const Map& known) {
  std::string names;
  for (const auto& [each, value] : known) names += (names.empty() ? "" : ", ") + each;
  return {base::errc::invalid_argument, std::string(what) + " '" + name + "' is none of " + names};
}

} // namespace

base::result<verdict> check_by_name(const std::string& name, const history& of) {
  const auto found = checkers().find(name);
  if (found == checkers().end()) return unknown("checker", name, checkers());
  return found->second(of);
}

base::result<std::vector<verdict>> check_workload(const std::string& workload, const history& of) {
  const auto found = workloads().find(workload);
  if (found == workloads().end()) return unknown("workload", workload, workloads());
  std::vector<verdict> all;
  for (const auto& name : found->second) {
    TRY_ASSIGN(auto one, check_by_name(name, of));
    all.push_back(std::move(one));
  }
  return all;
}

} // namespace engram::jepsen
