#include "memory/recall/recall.hpp"

namespace engram::memory {

spread_answer spread(const snapshot&, const recall_setting&, const spread_query&) { return {}; }

} // namespace engram::memory
