#pragma once
// Internal to the report: the page around the data. It draws everything itself, so that it opens
// without a network.

namespace engram::jepsen {

/// Up to where the data is put, as a JavaScript object.
extern const char* const PAGE_HEAD;
extern const char* const PAGE_TAIL;

} // namespace engram::jepsen
