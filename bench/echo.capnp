@0xe3a7c15d90b24f68;
# The bare peer of every call: bytes to an actor and back. Spoken only inside the benchmarks.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("engram::bench::wire");

interface Echo {
  echo @0 (data :Data) -> (data :Data);
}
