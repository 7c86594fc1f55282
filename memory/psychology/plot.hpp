#pragma once
// Points of the figures of docs/cognition.md, for bench/cognition_plots.py: experiments and
// evaluations append theirs to the file that ENGRAM_POINTS names, if it does.

#include <cstdlib>
#include <fstream>

namespace engram::memory::psychology {

inline void plot(const char* figure, const char* series, double x, double y) {
  const char* path = std::getenv("ENGRAM_POINTS");
  if (path == nullptr) return;
  std::ofstream(path, std::ios::app) << figure << '\t' << series << '\t' << x << '\t' << y << '\n';
}

} // namespace engram::memory::psychology
