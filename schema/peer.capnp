@0xe5c9d24f7b60a183;
# The conversation between two members of one cluster, on the peer port (TCP on the gossip address).
# Each member dials the others and speaks on the connections it dialled. Who cannot prove the
# cluster's key gets no Peer; who has one is trusted fully.

using Cxx = import "/capnp/c++.capnp";
using Client = import "client.capnp";
using import "common.capnp".ErrorInfo;
using import "common.capnp".Coverage;
$Cxx.namespace("engram::schema");

interface PeerPort {
  # The bootstrap object.
  greet @0 (hello :PeerHello) -> (result :GreetResult);
  enter @1 (proof :Data) -> (result :EnterResult);

  struct GreetResult {
    union {
      ok :group {
        hello @0 :PeerHello;
        proof @1 :Data;      # keyed digest over both hellos; empty while no key is configured
      }
      error @2 :ErrorInfo;
    }
  }
  struct EnterResult { union { peer @0 :Peer; error @1 :ErrorInfo; } }
}

struct PeerHello {
  clusterId @0 :Data;   # 16 bytes
  storeId @1 :Data;     # 16 bytes
  originId @2 :Data;    # 16 bytes: this run
  featureMin @3 :UInt16;
  featureMax @4 :UInt16;
  nonce @5 :Data;       # 16 random bytes, fresh for every connection
  address @6 :Text;     # HOST:PORT where others reach this member's peer port
}

interface Peer {
  deliver @0 (messages :List(PeerMessage)) -> ();
  # Returns when the receiver has taken them; at most 1 MiB or one message.
  ask @1 (ask :Ask) -> (result :AskResult);
}

struct PeerMessage {
  channel @0 :UInt8;    # whose: membership 1, replication 2, concepts 3
  bytes @1 :Data;       # that channel's own format
}

struct Ask {
  # What a coordinator asks of one replica.
  space @0 :Data;       # 16 bytes
  token @1 :Data;
  nowMs @2 :Int64;      # of the coordinator's clock
  deadlineMs @3 :UInt32; # from now
  union {
    write :group { operations @4 :List(Operation); durability @5 :Client.Durability; }
    get @6 :List(Text);
    recall @7 :Client.RecallQuery;
    spread @8 :Client.SpreadQuery;
    scan :group { cursor @9 :Data; limit @10 :UInt32; }
    info @11 :Void;
    vector @12 :Void;
    concepts :group { cue @13 :Client.Cue; limit @14 :UInt32; }
    consolidate @15 :Void;
    audit :group { rebuild @16 :Bool; } # re-read the copy; rebuild it from another's
    purge :group { target @17 :Client.PurgeTarget; rewrite @18 :Bool; }
    query @19 :Client.Query;
    watch @20 :Client.WatchQuery;
  }
}

struct Operation {
  id @0 :Text;          # "": an episode's own id, or what follows from the content
  union {
    remember @1 :Client.Episode;
    associate @2 :Client.Association;
    forget :group { memory @3 :Text; mode @4 :Client.ForgetMode; }
    access :group { keys @5 :List(Data); atMs @6 :Int64; }
    configure :group { name @7 :Text; value @8 :Text; }
    purge @9 :List(Data); # keys
  }
}

struct AskResult {
  union {
    error @0 :ErrorInfo;
    written :group { receipts @1 :List(Client.Receipt); token @2 :Data; }
    records @3 :List(Client.MemoryRecord);
    recalled @4 :Recalled;
    spread @5 :Spread;
    page :group { entries @6 :List(Client.MemoryRecord); cursor @7 :Data; }
    info @8 :Client.SpaceInfo;
    vector @9 :Data;      # as a token, of any length: all that is durable there
    concepts @10 :Client.ConceptsAnswer;
    consolidated @11 :Client.Consolidation;
    audited @12 :Audit;
    purged :group { keys @13 :List(Data); rewritten @14 :Bool; }
    answered @15 :Client.QueryAnswer;
    watched @16 :Client.Events;
  }
}

struct Audit {
  digest @0 :UInt64;    # of the vector that the state belongs to
  buckets @1 :Data;     # 16 bytes each
  damaged @2 :Bool;     # what was read is not what was written
  rebuilding @3 :Bool;
}

struct Recalled {
  hits @0 :List(Ranked);
  content @1 :List(Client.MemoryRecord); # one per hit, or none
  considered @2 :UInt64;
  coverage @3 :Coverage;
  token @4 :Data;

  struct Ranked {
    # Scores as their bits: answers of several replicas are merged by them.
    hit @0 :Client.Hit;
    score @1 :Int64;
    activation @2 :Int64;
  }
}

struct Spread {
  memories @0 :List(Ranked);
  content @1 :List(Client.MemoryRecord);
  rounds @2 :UInt32;
  coverage @3 :Coverage;

  struct Ranked { memory @0 :Client.SpreadAnswer.Activated; activation @1 :Int64; }
}
