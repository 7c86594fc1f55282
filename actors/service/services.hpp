#pragma once
// The subjects of a service as references, for who hands them on: a caller includes the header of
// the subject it calls and no other. What they refer to outlives it.

namespace engram::actors {

class space_service;
class key_service;
class write_service;
class read_service;
class recall_service;
class query_service;
class concept_service;
class watch_service;
class cluster_service;

struct services {
  space_service& spaces;
  key_service& keys;
  write_service& writes;
  read_service& reads;
  recall_service& recalls;
  query_service& queries;
  concept_service& concepts;
  watch_service& watches;
  cluster_service& cluster;

  /// One that is all of them.
  template <class Service>
  static services of(Service& all) {
    return {all, all, all, all, all, all, all, all, all};
  }
};

} // namespace engram::actors
