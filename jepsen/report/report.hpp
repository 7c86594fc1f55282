#pragma once
// What is kept of a run: a text summary for the screen and one self-contained HTML page, which
// needs no network. Pure: values to text.

#include "jepsen/run/runner.hpp"

#include <string>

namespace engram::jepsen {

/// The part of a history that shows the first finding: its operations and what the nemesis did
/// around them. Empty without findings.
history counter_example(const history& of, const std::vector<verdict>& verdicts);

/// One line for a person.
std::string line_of(const op& each);
std::string text_report(const std::string& name, const run_result& of);
std::string html_report(const std::string& name, const run_result& of);
json results(const std::string& name, const run_result& of);

} // namespace engram::jepsen
