@0xb7a1e4c22f90d302;
# The conversation between a client and any node. Capability-based: a session hands out a
# MemorySpace, and no call takes a space name beside a credential. Every result that can fail for a
# reason of business is a union of its value and an ErrorInfo.

using Cxx = import "/capnp/c++.capnp";
using import "common.capnp".ErrorInfo;
using import "common.capnp".Instant;
using import "common.capnp".Embedding;
using import "common.capnp".Interval;
using import "common.capnp".Coverage;
using import "common.capnp".Knowledge;
using import "common.capnp".MissingSpace;
$Cxx.namespace("engram::schema");

interface Engram {
  # The bootstrap object. `hello` works without a credential.
  hello @0 (clientVersion :Text, featureMin :UInt16, featureMax :UInt16) -> (hello :Hello);
  authenticate @1 (key :Text) -> (result :SessionResult);
  # An empty key asks for the anonymous session, which nodes grant on loopback without keys.

  struct Hello {
    version @0 :Text;
    clusterId @1 :Data;     # 16 bytes
    storeId @2 :Data;       # 16 bytes
    featureMin @3 :UInt16;
    featureMax @4 :UInt16;
    keyRequired @5 :Bool;
  }
  struct SessionResult { union { session @0 :Session; error @1 :ErrorInfo; } }
}

interface Session {
  space @0 (name :Text) -> (result :SpaceResult);
  createSpace @1 (spec :SpaceSpec) -> (result :SpaceResult);   # again: the same space
  listSpaces @2 () -> (result :SpacesResult);
  dropSpace @3 (name :Text) -> (result :VoidResult);
  createKey @4 (spec :KeySpec) -> (result :KeyResult);         # admin
  listKeys @5 () -> (result :KeysResult);                      # admin
  revokeKey @6 (id :Text) -> (result :VoidResult);             # admin
  status @7 () -> (result :StatusResult);
  cluster @8 () -> (result :ClusterResult);                    # admin
  leave @9 () -> (result :VoidResult);                         # admin; that node, for good
  spaces @10 (selector :Selector) -> (result :SelectionResult); # resolved anew by every call on it
  # admin; for good: one that is up hands over and leaves, one that is dead is not waited for
  retire @11 (member :Data, dead :Bool) -> (result :VoidResult);
  plan @12 (change :Change) -> (result :PlanResult);           # admin; nothing happens
  repair @13 (space :Text) -> (result :RepairResult);          # admin; "": all spaces
  upgrade @14 () -> (result :UpgradeResult);                   # admin; to what all members know
  language @15 () -> (language :Language);

  struct SpaceResult {
    union {
      ok :group { space @0 :MemorySpace; info @1 :SpaceInfo; }
      error @2 :ErrorInfo;
    }
  }
  struct SelectionResult { union { ok @0 :MemorySpaces; error @1 :ErrorInfo; } }
  struct SpacesResult { union { ok @0 :List(SpaceInfo); error @1 :ErrorInfo; } }
  struct KeyResult {
    union {
      ok :group { secret @0 :Text; info @1 :KeyInfo; }
      error @2 :ErrorInfo;
    }
  }
  struct KeysResult { union { ok @0 :List(KeyInfo); error @1 :ErrorInfo; } }
  struct StatusResult { union { ok @0 :Status; error @1 :ErrorInfo; } }
  struct ClusterResult { union { ok @0 :Cluster; error @1 :ErrorInfo; } }
  struct PlanResult { union { ok @0 :Plan; error @1 :ErrorInfo; } }
  struct RepairResult { union { ok @0 :List(Comparison); error @1 :ErrorInfo; } }
  struct UpgradeResult { union { level @0 :UInt32; error @1 :ErrorInfo; } }
}

struct VoidResult { union { ok @0 :Void; error @1 :ErrorInfo; } }

struct SpaceSpec {
  name @0 :Text;          # [a-z0-9][a-z0-9_-]{0,63}
  dimension @1 :UInt32;   # 0: text only
  language @2 :Text;      # "" means english
}

struct SpaceInfo {
  name @0 :Text;
  identity @1 :Data;      # 16 bytes
  generation @2 :UInt32;
  dimension @3 :UInt32;
  language @4 :Text;
  memories @5 :UInt64;    # visible
  associations @6 :UInt64;
  suppressed @7 :UInt64;
  graves @8 :UInt64;
  damaged @9 :UInt64;
  memoryBytes @10 :UInt64;
  parked @11 :Bool;
  stateHash @12 :Data;    # 16 bytes: digest over the 1,024 buckets
  entries @13 :UInt64;    # of its logs, trimmed ones too
  diskBytes @14 :UInt64;  # of one replica, roughly
}

enum Scope { read @0; write @1; admin @2; }

struct KeySpec { label @0 :Text; scope @1 :Scope; spaces @2 :List(Text); } # no spaces: all
struct KeyInfo { id @0 :Text; spec @1 :KeySpec; createdMs @2 :Int64; revoked @3 :Bool; }

struct Status {
  version @0 :Text;
  storeId @1 :Data;
  clusterId @2 :Data;
  originId @3 :Data;
  uptimeMs @4 :UInt64;
  ready @5 :Bool;
  verdict @6 :Text;       # one line for a person
  spaces @7 :List(SpaceInfo);
  bytesOnDisk @8 :UInt64;
  bytesFree @9 :UInt64;
  bytesResident @10 :UInt64;
  acceptingWrites @11 :Bool;
  nowMs @12 :Int64;
}

struct Change {
  # Of who belongs to the cluster.
  union {
    join @0 :UInt32;          # so many new members
    leave @1 :Data;           # store id
    decommission @2 :Data;
    replace @3 :Data;         # one that is dead
  }
}

struct Plan {
  moves @0 :List(Move);       # by space
  spaces @1 :UInt64;          # of all, moved or not
  entries @2 :UInt64;
  bytes @3 :UInt64;
  bytesPerSecond @4 :UInt64;  # at which one member copies; 0: as fast as it can
  milliseconds @5 :UInt64;    # at that rate, all members at once
  refusal @6 :Text;           # why the change would be refused; "": it would not

  struct Move {
    space @0 :Text;
    from @1 :Data;            # who gives its place up; empty: nobody, there is one more
    to @2 :Data;              # empty: a new member
    newcomer @3 :UInt32;      # which, from 1
    known @4 :Bool;           # no: no replica told how much it is
    entries @5 :UInt64;
    bytes @6 :UInt64;
  }
}

struct Comparison {
  # The replicas of a space, each read anew from its disk.
  space @0 :Text;
  copies @1 :List(Copy);

  enum Verdict {
    good @0;                  # agrees with a majority at its vector, or is the only one there
    behind @1;                # holds other entries than most; not compared
    damaged @2;               # what is on its disk is not what was written there
    diverged @3;              # a majority agrees on another state
    unsettled @4;             # states differ, and no majority agrees
    rebuilding @5;
    unreachable @6;
  }
  struct Copy {
    storeId @0 :Data;
    verdict @1 :Verdict;
    differing @2 :UInt32;     # buckets of 1,024 that are not as most have them
    detail @3 :Text;
  }
}

struct Cluster {
  # The cluster as the node that was asked sees it.
  clusterId @0 :Data;
  self @1 :Data;            # store id of that node
  verdict @2 :Text;         # one line for a person
  members @3 :List(Member);
  spaces @4 :List(Placement);
  level @5 :UInt32 = 1;     # feature level: nobody writes what a lower one does not know

  enum MemberState { alive @0; suspect @1; dead @2; left @3; }
  struct Member {
    storeId @0 :Data;
    address @1 :Text;       # HOST:PORT of its peer port and of its gossip
    state @2 :MemberState;
    incarnation @3 :UInt64;
    zone @4 :Text;
    retired @5 :Bool;       # goes for good: hands over, or is not waited for
    replaced @6 :Bool;      # dead for long: others hold its spaces
    featureMin @7 :UInt16 = 1;
    featureMax @8 :UInt16 = 1;
  }
  struct Replica {
    storeId @0 :Data;
    placed @1 :Bool;        # no: it holds entries that it hands over
    heard @2 :Bool;         # no: nothing is known of its lag
    lagEntries @3 :UInt64;  # entries held here that it has not said it holds
    lagMs @4 :UInt64;       # since it last held all that is held here
    copying @5 :Bool;       # new: does not hold yet what there was when it came
  }
  struct Placement {
    name @0 :Text;
    identity @1 :Data;
    factor @2 :UInt32;
    quorum @3 :UInt32;
    replicas @4 :List(Replica); # of the placement first, in its order
  }
}

struct Episode {
  id @0 :Text;
  text @1 :Text;
  title @2 :Text;
  speaker @3 :Text;
  who @4 :List(Text);
  place @5 :Text;
  session @6 :Text;
  tags @7 :List(Text);
  when @8 :Instant;
  embedding @9 :Embedding;
  confidence @10 :Float64 = 0.9;
  order @11 :Int64;
}

enum Durability { quorum @0; local @1; all @2; }

struct Receipt {
  union {
    ok :group { known @0 :Bool; hlc @1 :UInt64; durability @2 :Durability; copies @3 :UInt16; }
    error @4 :ErrorInfo;
  }
}

struct Association { source @0 :Text; target @1 :Text; kind @2 :Text; weight @3 :Float64 = 1; }

enum ForgetMode { suppress @0; restore @1; delete @2; }

struct Cue {
  text @0 :Text;
  vector @1 :Embedding;
  from @2 :Instant;
  until @3 :Instant;
  place @4 :Text;
  who @5 :List(Text);
  tags @6 :List(Text);
  tagsExcluded @7 :List(Text);
  like @8 :List(Text);
}

struct ReadOptions {
  token @0 :Data;         # see at least this causal token; empty: any
  deadlineMs @1 :UInt32;  # 0: the node's default
  strict @2 :Bool;        # an error instead of a partial answer
  level @3 :ReadLevel;
}

enum ReadLevel {
  any @0;     # what the first replica has; with a token: at least that
  quorum @1;  # all that a majority of the replicas hold, or too_few_replicas
}

struct RecallQuery {
  cue @0 :Cue;
  limit @1 :UInt32 = 10;
  noSpread @2 :Bool;
  explain @3 :Bool;
  confidenceMin @4 :Float64;
  now @5 :Instant;        # unknown: the coordinator's clock
  reinforce @6 :Bool;     # count as an access of what is returned
  withContent @7 :Bool = true;
  read @8 :ReadOptions;
  primes @9 :List(Prime); # of any order; what was met twice stands twice
}

struct Prime {
  # A memory that the asker has just met: it and its neighbours come easier.
  id @0 :Text;
  at @1 :Instant;         # unknown: now
}

struct CueShare { cue @0 :Text; firstHand @1 :Float64; byAssociation @2 :Float64; }
struct AssociationShare {
  from @0 :Text;
  kind @1 :Text;
  detail @2 :Text;
  weight @3 :Float64;
  amount @4 :Float64;
}
struct Factor { name @0 :Text; value @1 :Float64; }
struct Explanation {
  cues @0 :List(CueShare);
  associations @1 :List(AssociationShare);
  factors @2 :List(Factor);
  retention @3 :Float64;
  distinctness @4 :Float64 = 1; # that it is not taken for one of the other hits
}

struct Hit {
  episode @0 :Episode;      # only id when content was not asked for
  score @1 :Float64;
  activation @2 :Float64;
  confidence @3 :Interval;
  why @4 :Explanation;      # when asked for
  storedMs @5 :Int64;
  space @6 :Text;           # its name, when several spaces were asked
  atFullCoverage @7 :Interval;
  # Contains with 90 % the confidence that an answer of full coverage gives; none: exactly this one.
}

struct RecallAnswer {
  hits @0 :List(Hit);
  considered @1 :UInt64;
  coverage @2 :Coverage;
  token @3 :Data;
  tookUs @4 :UInt64;
}

struct SpreadQuery {
  from @0 :List(Text);
  cue @1 :Cue;
  kinds @2 :List(Text);
  hops @3 :UInt32 = 3;
  decay @4 :Float64 = 0.5;
  threshold @5 :Float64 = 0.01;
  fan @6 :UInt32 = 64;
  limit @7 :UInt32 = 50;
  now @8 :Instant;
  withContent @9 :Bool = true;
  read @10 :ReadOptions;
  budget @11 :UInt32 = 384;
}

struct SpreadAnswer {
  memories @0 :List(Activated);
  rounds @1 :UInt32;
  coverage @2 :Coverage;
  tookUs @3 :UInt64;

  struct Activated { episode @0 :Episode; activation @1 :Float64; path @2 :List(Step); }
  struct Step { from @0 :Text; to @1 :Text; kind @2 :Text; amount @3 :Float64; }
}

struct Parameter {
  # The value of $name in a statement; never read as part of it.
  name @0 :Text;
  union {
    text @1 :Text;        # dates too
    number @2 :Float64;
    vector @3 :List(Float64);
    texts @4 :List(Text);
  }
}

struct Query {
  # A statement of the query language: docs/query-language.md.
  text @0 :Text;
  parameters @1 :List(Parameter);
  now @2 :Instant;        # unknown: the coordinator's clock
  reinforce @3 :Bool;     # RECALL: count as an access of what is returned
  space @4 :Text;         # of several: asked where the statement names none; "": all of them
  read @5 :ReadOptions;
}

struct QueryAnswer {
  # One shape for every verb.
  verb @0 :Text;
  verdict @1 :Text;       # "" or one line: "not enough evidence for who"
  findings @2 :List(Finding);
  measures @3 :List(Factor); # numbers about the whole answer
  coverage @4 :Coverage;
  token @5 :Data;
  tookUs @6 :UInt64;

  struct Finding {
    group @0 :UInt32;     # those of one group belong together: a field, an episode, a chapter
    field @1 :Text;       # "memory", "concept", "familiarity", or a field of an episode
    value @2 :Text;       # of a memory its id
    confidence @3 :Interval;
    source @4 :Text;      # recalled, consolidated, reconstructed, imagined, predicted
    because @5 :List(Text); # ids of memories that speak for it
    measures @6 :List(Factor); # numbers about this finding
    episode @7 :Episode;  # of a memory, where it can be read
    why @8 :Explanation;  # EXPLAIN RECALL
    path @9 :List(SpreadAnswer.Step); # SPREAD: the best, from a seed to this memory
    space @10 :Text;      # its name, when several spaces were asked
    atFullCoverage @11 :Interval; # as in Hit
  }
}

struct Language {
  # What statements the node understands: for help and completion.
  verbs @0 :List(Verb);
  words @1 :List(Text);   # every keyword, ascending

  struct Verb { word @0 :Text; clauses @1 :List(Clause); help @2 :Text; example @3 :Text; }
  struct Clause { words @0 :Text; help @1 :Text; } # "" are the words of the subject
}

struct MemoryRecord {
  # What `get` and `export` return: one version of a memory.
  episode @0 :Episode;
  storedMs @1 :Int64;
  suppressed @2 :Bool;
  accessCount @3 :UInt64;
  lastAccess @4 :Instant;
  retention @5 :Float64;    # at the time of asking
  associations @6 :List(Association); # outgoing, explicit
}

struct ConceptQuery {
  cue @0 :Cue;              # words and an embedding count; empty: the strongest
  limit @1 :UInt32 = 20;    # at most 1,024
  read @2 :ReadOptions;     # strict: of a replica or not at all
}

struct Concept {
  # What several memories have in common. Strength, coherence and similarity are in [0, 1].
  name @0 :Data;            # 16 bytes: the same concept while its exemplar is in it
  version @1 :Data;         # 16 bytes: equal versions, equal concepts
  strength @2 :Float64;
  coherence @3 :Float64;
  members @4 :UInt32;
  first @5 :Instant;        # of the members that say when
  last @6 :Instant;
  similarity @7 :Float64;   # with the cue
  exemplar @8 :Text;        # id of a member; of a replica only, as are
  citations @9 :List(Text); # ids of members, the first few
}

struct ConceptsAnswer {
  concepts @0 :List(Concept); # most like the cue (similarity * strength), else strongest, first
  total @1 :UInt64;         # concepts of the space,
  members @2 :UInt64;       # memories in them,
  memories @3 :UInt64;      # visible memories
  coarse @4 :Bool;          # no replica was reached: from what the space shares with every member
  asOfMs @5 :Int64;         # when a replica last said so
  content @6 :Data;         # 16 bytes over all concepts: equal on replicas of equal state
  tookUs @7 :UInt64;
}

struct Consolidation {
  total @0 :UInt64;
  members @1 :UInt64;
  memories @2 :UInt64;
  changed @3 :UInt64;       # concepts that are new or have another version
  tookUs @4 :UInt64;
  shared @5 :Bool;          # every member may hold them
  content @6 :Data;
}

struct PurgeTarget {
  union {
    person @0 :Text;        # what they said, were at, or are named in
    source @1 :Text;        # the session of that name
  }
}

struct PurgeCertificate {
  memories @0 :UInt64;      # deleted by this purge
  complete @1 :Bool;        # every replica confirmed
  replicas @2 :List(Replica);
  atMs @3 :Int64;

  struct Replica {
    store @0 :Data;         # 16 bytes
    confirmed @1 :Bool;     # no byte of it is left in that data folder
    why @2 :Text;           # else; purge again when it is back
  }
}

struct WatchQuery {
  # What happens in a space, as a replica sees it, or in several.
  cursor @0 :Data;        # of the last answer, of any replica; empty: from now on
  fromStart @1 :Bool;     # without a cursor: all that the log still holds
  kinds @2 :List(Text);   # only these; empty: all
  who @3 :List(Text);     # only events about memories of one of these people,
  tags @4 :List(Text);    # with one of these tags
  limit @5 :UInt32 = 256; # events at most
  waitMs @6 :UInt32;      # for something to happen; then an empty answer. At most 30 s
}

struct Event {
  kind @0 :Text;          # docs/events.md
  atMs @1 :Int64;
  ids @2 :List(Text);     # of memories; one that is gone for good is left out
  detail @3 :Text;        # of an association its kind, of a setting its name and value
  measures @4 :List(Factor);
  episode @5 :Episode;    # remembered, revised: where it can be read
  origin @6 :Data;        # 16 bytes, with the sequence: the log's entry; empty: none stands
  sequence @7 :UInt64;    # behind it, the replica alone saw it
  space @8 :Text;         # its name, when several were asked
}

struct Events {
  events @0 :List(Event); # each origin's in its order, among origins by time
  cursor @1 :Data;        # for the next question
  missed @2 :UInt64;      # so many happened since the cursor and can no longer be told
  silent @3 :List(MissingSpace); # of several: did not answer, the cursor waits for them
}

struct ReviseQuery {
  of @0 :Text;            # id of the memory
  changed @1 :Episode;    # what is not given stays; `id`: the revision's, else made from the change
  sure @2 :Float64 = -1;  # in [0, 1]; below: as sure as before
  now @3 :Instant;        # unknown: the coordinator's clock
  read @4 :ReadOptions;
}

struct KnowingAnswer {
  spaces @0 :List(Knowledge); # that know anything, the most first
  spacesAsked @1 :UInt32;   # selected
  spacesShared @2 :UInt32;  # of which the node holds concepts
  tookUs @3 :UInt64;
}

interface MemorySpace {
  info @0 () -> (result :InfoResult);
  remember @1 (episodes :List(Episode), durability :Durability) -> (result :ReceiptsResult);
  # At most 1,024 episodes and 4 MiB; one receipt each, in order.
  associate @2 (associations :List(Association), durability :Durability)
      -> (result :ReceiptsResult);
  forget @3 (ids :List(Text), mode :ForgetMode, durability :Durability) -> (result :ReceiptsResult);
  get @4 (ids :List(Text), read :ReadOptions) -> (result :RecordsResult); # unknown ids are left out
  recall @5 (query :RecallQuery) -> (result :RecallResult);
  spread @6 (query :SpreadQuery) -> (result :SpreadResult);
  scan @7 (cursor :Data, limit :UInt32) -> (result :ScanResult);
  # Pages through all visible memories in an order that is the same on every node, so that any node
  # can go on with a cursor; an empty one begins, an empty one ends. What is written meanwhile may
  # come or not.
  import @8 (durability :Durability) -> (result :ImportResult);
  # A stream without a name, from its first item on.
  stream @9 (name :Text, next :UInt64, durability :Durability) -> (result :ImportResult);
  # Numbered items, the first of which is `next` (1: from the start). What has no id of its own is
  # named by hash(space, name, number), so that a number sent again, to any node, is the same item;
  # without a name each item needs its id. After a loss a client goes on behind the last number that
  # it knows settled, on any node: with `quorum` or `all` the stream opens when this node has all
  # that was acknowledged before.
  concepts @10 (query :ConceptQuery) -> (result :ConceptsResult);
  consolidate @11 () -> (result :ConsolidationResult); # now, on one replica
  configure @12 (name :Text, value :Text, durability :Durability) -> (result :ReceiptsResult);
  # A register of the space's own configuration; admin.
  purge @13 (target :PurgeTarget, durability :Durability) -> (result :PurgeResult);
  # For ever; admin.
  query @14 (query :Query) -> (result :QueryResult);
  # CONSOLIDATE, DREAM and REVISE need the right to write
  watch @15 (query :WatchQuery) -> (result :WatchResult);
  revise @16 (query :ReviseQuery) -> (result :QueryResult);

  struct InfoResult { union { ok @0 :SpaceInfo; error @1 :ErrorInfo; } }
  struct ReceiptsResult {
    union {
      ok :group { receipts @0 :List(Receipt); token @1 :Data; }
      error @2 :ErrorInfo;
    }
  }
  struct RecordsResult { union { ok @0 :List(MemoryRecord); error @1 :ErrorInfo; } }
  struct RecallResult { union { ok @0 :RecallAnswer; error @1 :ErrorInfo; } }
  struct SpreadResult { union { ok @0 :SpreadAnswer; error @1 :ErrorInfo; } }
  struct ScanResult {
    union {
      ok :group { records @0 :List(MemoryRecord); cursor @1 :Data; }
      error @2 :ErrorInfo;
    }
  }
  struct ImportResult { union { ok @0 :ImportStream; error @1 :ErrorInfo; } }
  struct ConceptsResult { union { ok @0 :ConceptsAnswer; error @1 :ErrorInfo; } }
  struct ConsolidationResult { union { ok @0 :Consolidation; error @1 :ErrorInfo; } }
  struct PurgeResult { union { ok @0 :PurgeCertificate; error @1 :ErrorInfo; } }
  struct QueryResult { union { ok @0 :QueryAnswer; error @1 :ErrorInfo; } }
  struct WatchResult { union { ok @0 :Events; error @1 :ErrorInfo; } }
}

struct Selector {
  # Which spaces, of those that the key may read when it is resolved.
  union { all @0 :Void; prefix @1 :Text; names @2 :List(Text); }
}

interface MemorySpaces {
  # Several spaces at once. Associations stay within a space, so does spreading.
  recall @0 (query :RecallQuery) -> (result :MemorySpace.RecallResult);
  knowing @1 (cue :Cue, limit :UInt32 = 20) -> (result :KnowingResult);
  # Which of them know about the cue, from what the node itself holds: at once, asking nobody.
  query @2 (query :Query) -> (result :MemorySpace.QueryResult);
  # A statement that may say IN SPACE. Only RECALL asks more than one at a time.
  watch @3 (query :WatchQuery) -> (result :MemorySpace.WatchResult);

  struct KnowingResult { union { ok @0 :KnowingAnswer; error @1 :ErrorInfo; } }
}

interface ImportStream {
  # A capability of its own, since a stream call blocks its capability. `push` returns when the
  # batch is admitted (flow control), not when it is durable. Items that concern the same memory or
  # association take effect in the order of their numbers. An error that another time or node may
  # not have ends the stream before that item: `progress` tells it, later pushes are without effect.
  push @0 (batch :Batch) -> stream;
  progress @1 (after :UInt64) -> (result :ProgressResult);
  # Waits until more than `after` items have an outcome (durable or refused), then tells how many
  # have.
  # Call it on the same capability only after `finish`, or on `observer` at any time.
  finish @2 () -> (result :ProgressResult);
  observer @3 () -> (observer :ImportObserver);

  struct Batch { episodes @0 :List(Episode); associations @1 :List(Association); }
}

interface ImportObserver {
  progress @0 (after :UInt64) -> (result :ProgressResult);
}

struct ProgressResult { union { ok @0 :Progress; error @1 :ErrorInfo; } }
struct Progress {
  # Items are numbered in the order pushed, a batch's episodes before its associations.
  settled @0 :UInt64;       # every item <= settled is durable or was refused
  known @1 :UInt64;         # of those settled on this stream, already there before
  refused @2 :List(Refusal); # those refused since `after`
  token @3 :Data;           # causal: a read that gives it back sees every item <= settled
  struct Refusal { item @0 :UInt64; error @1 :ErrorInfo; }
}
