#include "jepsen/stage/firewall.hpp"

#include "jepsen/stage/process.hpp"

namespace engram::jepsen {

std::string address_of(int node) { return "127.0." + std::to_string(node) + ".1"; }

links all_cut(int nodes) {
  links made;
  for (int a = 1; a <= nodes; ++a)
    for (int b = 1; b <= nodes; ++b)
      if (a != b) made.cut.emplace(a, b);
  return made;
}

std::string ruleset(const links& of) {
  // Adding it first makes that deleting it never fails.
  std::string text = "add table inet jepsen\ndelete table inet jepsen\ntable inet jepsen {\n"
                     "  chain arriving {\n    type filter hook input priority 0; policy accept;\n";
  const auto from_to = [](const one_way& link) {
    return "    ip saddr " + address_of(link.first) + " ip daddr " + address_of(link.second);
  };
  for (const auto& each : of.cut) text += from_to(each) + " drop\n";
  for (const auto& [each, permille] : of.loss_permille)
    text += from_to(each) + " numgen random mod 1000 < " + std::to_string(permille) + " drop\n";
  return text + "  }\n}\n";
}

base::result<void> apply(const links& of) {
  TRY_ASSIGN(const auto said, run_tool({"nft", "-f", "-"}, ruleset(of)));
  return said.empty() ? base::success()
                      : base::result<void>(base::errc::unavailable, "nft: " + said);
}

std::string firewall_fault() {
  links tried;
  tried.cut.insert({1, 2});
  tried.loss_permille[{2, 1}] = 100;
  const auto works = apply(tried);
  const auto cleared = apply({});
  if (works && cleared) return {};
  return (works ? cleared : works).error().context;
}

} // namespace engram::jepsen
