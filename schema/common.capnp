@0xd1c5f0a9b7e34a01;
# Values that more than one conversation uses. Fields are only ever appended; ids never reused.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("engram::schema");

struct ErrorInfo {
  # A business failure, as an arm of a result's union. The numbers are base/error.hpp's; an RPC
  # exception only ever means that the call itself did not work.
  code @0 :UInt16;
  name @1 :Text;          # stable snake_case name of the code
  context @2 :Text;       # what it was about
  indefinite @3 :Bool;    # true: it may have happened; retrying with the same operation id is safe
  advice @4 :Advice;

  enum Advice { giveUp @0; retryLater @1; reconnect @2; useOther @3; }
}

struct Instant {
  # Optional milliseconds since 1970-01-01T00:00:00Z.
  known @0 :Bool;
  ms @1 :Int64;
}

struct Embedding {
  # Empty values: none. x_i ~ values_i * scale.
  values @0 :Data;        # one int8 each
  scale @1 :Float32;
}

struct Interval { low @0 :Float64; point @1 :Float64; high @2 :Float64; }

struct Coverage {
  # How much of the memory an answer saw.
  spacesAsked @0 :UInt32;
  spacesAnswered @1 :UInt32;
  replicasAsked @2 :UInt32;
  replicasAnswered @3 :UInt32;
  memories @4 :UInt64;        # visible memories in what answered
  damaged @5 :UInt64;         # memories known to be damaged and left out
  staleMs @6 :UInt64;         # since the replica surely held all that the others did; a year: not
                              # since it was opened; 0: two seconds at most, or no others
  missing @7 :Interval;       # share of the full-coverage top-k that is not here, 90 %
  lagging @8 :UInt64;         # entries that others said they hold, not seen here
  missingSpaces @9 :List(MissingSpace); # asked and not seen, by name
}

struct MissingSpace {
  name @0 :Text;
  why @1 :ErrorInfo;
  known @2 :Knowledge;        # what it knows about the cue, as far as the answering node was told
}

struct Knowledge {
  # What one space knows about a cue, from the strongest concepts it shares with every member.
  space @0 :Text;
  match @1 :Interval;         # similarity * strength; what was not told lies between low and high
  concepts @2 :UInt32;        # at least half as similar as the best
  members @3 :UInt64;         # memories in them
  memories @4 :UInt64;        # of the space
  first @5 :Instant;
  last @6 :Instant;
  asOfMs @7 :Int64;           # when a replica last said so
}
