// What clients ask.
#include "node/rpc/codec.hpp"

#include <chrono>

namespace engram::node {

namespace {

base::error unknown_number(const char* of, std::uint16_t number) {
  return {base::errc::invalid_argument,
          std::string(of) + " " + std::to_string(number) + " is not known to this node"};
}

} // namespace

base::result<actors::durability> decode(schema::Durability from) {
  switch (from) {
  case schema::Durability::QUORUM:
    return actors::durability::quorum;
  case schema::Durability::LOCAL:
    return actors::durability::local;
  case schema::Durability::ALL:
    return actors::durability::all;
  }
  return unknown_number("durability", static_cast<std::uint16_t>(from));
}

base::result<memory::forget_mode> decode(schema::ForgetMode from) {
  switch (from) {
  case schema::ForgetMode::SUPPRESS:
    return memory::forget_mode::suppress;
  case schema::ForgetMode::RESTORE:
    return memory::forget_mode::restore;
  case schema::ForgetMode::DELETE:
    return memory::forget_mode::erase;
  }
  return unknown_number("mode", static_cast<std::uint16_t>(from));
}

base::result<actors::key_spec> decode(schema::KeySpec::Reader from) {
  actors::key_spec spec{decode(from.getLabel()), actors::scope::read, decode(from.getSpaces())};
  switch (from.getScope()) {
  case schema::Scope::READ:
    spec.scope = actors::scope::read;
    return spec;
  case schema::Scope::WRITE:
    spec.scope = actors::scope::write;
    return spec;
  case schema::Scope::ADMIN:
    spec.scope = actors::scope::admin;
    return spec;
  }
  return unknown_number("scope", static_cast<std::uint16_t>(from.getScope()));
}

actors::space_spec decode(schema::SpaceSpec::Reader from) {
  actors::space_spec spec{decode(from.getName()), from.getDimension(), decode(from.getLanguage())};
  if (spec.language.empty()) spec.language = "english";
  return spec;
}

base::result<actors::read_options> decode(schema::ReadOptions::Reader from) {
  actors::read_options how{decode(from.getToken()), std::chrono::milliseconds(from.getDeadlineMs()),
                           from.getStrict()};
  switch (from.getLevel()) {
  case schema::ReadLevel::ANY:
    return how;
  case schema::ReadLevel::QUORUM:
    how.level = actors::read_level::quorum;
    return how;
  }
  return unknown_number("read level", static_cast<std::uint16_t>(from.getLevel()));
}

memory::cue decode(schema::Cue::Reader from) {
  memory::cue cue;
  cue.text = decode(from.getText());
  cue.vector = decode(from.getVector());
  cue.from = decode(from.getFrom());
  cue.until = decode(from.getUntil());
  cue.place = decode(from.getPlace());
  cue.who = decode(from.getWho());
  cue.tags = decode(from.getTags());
  cue.tags_excluded = decode(from.getTagsExcluded());
  cue.like = decode(from.getLike());
  return cue;
}

base::result<actors::recall_request> decode(schema::RecallQuery::Reader from) {
  actors::recall_request request;
  request.query.cue = decode(from.getCue());
  request.query.limit = from.getLimit();
  request.query.spread = !from.getNoSpread();
  request.query.explain = from.getExplain();
  request.query.confidence_min = from.getConfidenceMin();
  request.query.now = decode(from.getNow()).value_or(base::instant{});
  request.reinforce = from.getReinforce();
  request.with_content = from.getWithContent();
  for (auto each : from.getPrimes())
    request.query.primes.push_back(
        {decode(each.getId()), decode(each.getAt()).value_or(request.query.now)});
  TRY_ASSIGN(request.read, decode(from.getRead()));
  return request;
}

base::result<actors::spread_request> decode(schema::SpreadQuery::Reader from) {
  actors::spread_request request;
  request.query.from = decode(from.getFrom());
  request.query.cue = decode(from.getCue());
  request.query.kinds = decode(from.getKinds());
  request.query.hops = from.getHops();
  request.query.decay = from.getDecay();
  request.query.threshold = from.getThreshold();
  request.query.fan = from.getFan();
  request.query.budget = from.getBudget();
  request.query.limit = from.getLimit();
  request.query.now = decode(from.getNow()).value_or(base::instant{});
  request.with_content = from.getWithContent();
  TRY_ASSIGN(request.read, decode(from.getRead()));
  return request;
}

base::result<actors::space_selector> decode(schema::Selector::Reader from) {
  actors::space_selector out;
  switch (from.which()) {
  case schema::Selector::ALL:
    return out;
  case schema::Selector::PREFIX:
    out.prefix = decode(from.getPrefix());
    return out;
  case schema::Selector::NAMES:
    out.names = decode(from.getNames());
    if (out.names.empty()) return {base::errc::invalid_argument, "no space is named"};
    return out;
  }
  return unknown_number("selector", static_cast<std::uint16_t>(from.which()));
}

} // namespace engram::node
