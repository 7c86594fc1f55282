#include "client/import_stream.hpp"

#include "client/import_state.hpp"

namespace engram::client {

namespace {

/// A message of this many words takes an average batch without a second segment.
constexpr std::uint64_t BATCH_WORDS = 64 * 1024;

template <class Response>
base::result<import_progress> read_progress(const Response& response) {
  const auto result = response.getResult();
  if (result.isError()) return decode(result.getError());
  const auto ok = result.getOk();
  import_progress made;
  made.settled = ok.getSettled();
  made.known = ok.getKnown();
  for (auto refusal : ok.getRefused())
    made.refused.push_back({refusal.getItem(), decode(refusal.getError())});
  return made;
}

base::result<import_progress> failed(kj::Exception&& e) { return decode(e); }

} // namespace

import_stream::import_stream(std::unique_ptr<state> made) : state_(std::move(made)) {}
import_stream::import_stream(import_stream&&) noexcept = default;
import_stream& import_stream::operator=(import_stream&&) noexcept = default;
import_stream::~import_stream() = default;

std::uint64_t import_stream::pushed() const noexcept { return state_->pushed; }

promise<void> import_stream::push(const import_batch& batch) {
  auto request = state_->stream.pushRequest(capnp::MessageSize{BATCH_WORDS, 0});
  auto to = request.initBatch();
  auto episodes = to.initEpisodes(static_cast<unsigned>(batch.episodes.size()));
  for (unsigned i = 0; i < batch.episodes.size(); ++i) encode(batch.episodes[i], episodes[i]);
  auto associations = to.initAssociations(static_cast<unsigned>(batch.associations.size()));
  for (unsigned i = 0; i < batch.associations.size(); ++i)
    encode(batch.associations[i], associations[i]);
  state_->pushed += batch.size();
  return request.send().then([]() -> base::result<void> { return base::success(); },
                             [](kj::Exception&& e) -> base::result<void> { return decode(e); });
}

promise<import_progress> import_stream::progress(std::uint64_t after) {
  auto request = state_->observer.progressRequest();
  request.setAfter(after);
  return request.send().then([](auto response) { return read_progress(response); }, failed);
}

promise<import_progress> import_stream::finish() {
  return state_->stream.finishRequest().send().then(
      [](auto response) { return read_progress(response); }, failed);
}

} // namespace engram::client
