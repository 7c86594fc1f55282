#include "node/rpc/import_stream.hpp"

#include "node/rpc/codec.hpp"

namespace engram::node {

namespace {

void encode(const base::result<import_state::progress>& from,
            schema::ProgressResult::Builder into) {
  if (!from) return engram::node::encode(from.error(), into.initError());
  auto ok = into.initOk();
  ok.setSettled(from->settled);
  ok.setKnown(from->known);
  ok.setToken(data_of(from->token));
  auto list = ok.initRefused(static_cast<unsigned>(from->refused.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setItem(from->refused[i].item);
    engram::node::encode(from->refused[i].why, list[i].initError());
  }
}

class observer_server final : public schema::ImportObserver::Server {
public:
  explicit observer_server(kj::Own<import_state> state) : state_(kj::mv(state)) {}

  kj::Promise<void> progress(ProgressContext context) override {
    context.allowCancellation();
    return state_->wait_past(context.getParams().getAfter())
        .then([context](base::result<import_state::progress> seen) mutable {
          encode(seen, context.getResults().initResult());
        });
  }

private:
  kj::Own<import_state> state_;
};

class stream_server final : public schema::ImportStream::Server {
public:
  explicit stream_server(kj::Own<import_state> state) : state_(kj::mv(state)) {}
  ~stream_server() noexcept(false) { state_->close(); }

  kj::Promise<void> push(PushContext context) override {
    auto from = context.getParams().getBatch();
    import_batch batch;
    batch.bytes = from.totalSize().wordCount * sizeof(capnp::word);
    batch.episodes.reserve(from.getEpisodes().size());
    for (auto each : from.getEpisodes()) batch.episodes.push_back(decode(each));
    batch.associations.reserve(from.getAssociations().size());
    for (auto each : from.getAssociations()) batch.associations.push_back(decode(each));
    context.releaseParams();
    return state_->push(kj::mv(batch));
  }

  kj::Promise<void> progress(ProgressContext context) override {
    context.allowCancellation();
    return state_->wait_past(context.getParams().getAfter())
        .then([context](base::result<import_state::progress> seen) mutable {
          encode(seen, context.getResults().initResult());
        });
  }

  kj::Promise<void> finish(FinishContext context) override {
    context.allowCancellation();
    return state_->finish().then([context](base::result<import_state::progress> seen) mutable {
      encode(seen, context.getResults().initResult());
    });
  }

  kj::Promise<void> observer(ObserverContext context) override {
    context.getResults().setObserver(kj::heap<observer_server>(kj::addRef(*state_)));
    return kj::READY_NOW;
  }

private:
  kj::Own<import_state> state_;
};

} // namespace

schema::ImportStream::Client open_import(edge& owner, import_target target) {
  return kj::heap<stream_server>(kj::refcounted<import_state>(owner, std::move(target)));
}

} // namespace engram::node
