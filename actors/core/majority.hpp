#pragma once
// What a majority of a space's replicas hold together, from their answers as they come. A write
// that a quorum acknowledged is in one of any majority's vectors. Pure; one per read.
//
// Invariant: decided exactly once; answers after that change nothing.

#include "actors/core/token.hpp"

#include <optional>
#include <string>

namespace engram::actors {

class majority {
public:
  /// `token`: seen in any case. `needed` of the `asked` have to answer.
  majority(const base::space_id& space, std::string token, std::size_t asked, std::size_t needed)
      : space_(space), seen_(std::move(token)), asked_(asked), needed_(needed) {}

  /// A replica's vector or its error: gives the joined vectors when it was the last that was
  /// needed, errc::too_few_replicas when too few are left.
  std::optional<base::result<std::string>> step(const base::result<std::string>& vector);

private:
  base::space_id space_;
  std::string seen_;
  std::size_t asked_, needed_, heard_ = 0, failed_ = 0;
};

} // namespace engram::actors
