#pragma once
// What every import format yields, whatever it reads: memories with the associations they state, or
// the reason why a place in the input is not one. Values only.

#include "client/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::client {

struct import_item {
  std::string set; // names the space, where the input does; see space_name_of
  episode what;    // `order` is left to the importer unless `ordered`
  std::vector<association> associations;
  bool ordered = false;
  std::string unread_date; // a date that could not be read; the memory is kept without it
};

/// `place` says where in the input, for a person: "line 12", "openssl (3.0.1-1)".
struct import_record {
  std::string place;
  base::result<import_item> outcome;
};

/// Reads one input to its end, a piece at a time. Thread: the importer's; may block on files.
class import_source {
public:
  virtual ~import_source() = default;
  /// Appends the records of the next piece to `out`; false: there is no more.
  /// errc::read_failed: the input itself cannot be read further.
  virtual base::result<bool> next(std::vector<import_record>& out) = 0;
  /// How much of the input was read, in [0, 1]; negative when that is not known.
  virtual double fraction() const = 0;
  /// A descriptor that next() may block on (a pipe), or -1.
  virtual int wait_descriptor() const { return -1; }
};

} // namespace engram::client
