#include "jepsen/report/report.hpp"

namespace engram::jepsen {

std::string html_report(const std::string& name, const run_result& of) {
  return "<pre>" + text_report(name, of) + "</pre>";
}

} // namespace engram::jepsen
