// The capability of one space.
#include "actors/service/concepts.hpp"
#include "actors/service/reads.hpp"
#include "actors/service/recall.hpp"
#include "actors/service/spaces.hpp"
#include "actors/service/writes.hpp"
#include "node/rpc/answer.hpp"
#include "node/rpc/import_stream.hpp"
#include "node/rpc/session.hpp"

namespace engram::node {

using actors::scope;

namespace {

constexpr std::size_t STREAM_NAME_MAX = 256;

template <class T>
std::vector<T> decode_all(auto list) {
  std::vector<T> all;
  all.reserve(list.size());
  for (auto each : list) all.push_back(decode(each));
  return all;
}

auto fill_receipts(edge& owner) {
  return [&owner](auto result, const actors::write_reply& reply) {
    for (const auto& item : reply.items) {
      if (!item) owner.metrics().refused(item.error().code);
    }
    encode(reply, result);
  };
}

} // namespace

base::result<void> space_server::check_batch(std::size_t items, std::size_t words) const {
  const auto& limits = edge_.settings();
  if (items > limits.batch_items_max) {
    return base::error{base::errc::batch_too_large, std::to_string(items) +
                                                        " items, batch_items_max is " +
                                                        std::to_string(limits.batch_items_max)};
  }
  if (words * sizeof(capnp::word) > limits.batch_bytes_max + limits.batch_bytes_max / 4) {
    return base::error{base::errc::batch_too_large, std::to_string(words * sizeof(capnp::word)) +
                                                        " bytes, batch_bytes_max is " +
                                                        std::to_string(limits.batch_bytes_max)};
  }
  return base::success();
}

kj::Promise<void> space_server::info(InfoContext context) {
  if (auto may = check(scope::read); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<actors::space_info>(
      edge_, context, [&](auto reply) { edge_.service().spaces.info(id_, std::move(reply)); },
      [](auto result, const actors::space_info& found) { encode(found, result.initOk()); });
}

kj::Promise<void> space_server::remember(RememberContext context) {
  auto params = context.getParams();
  auto how = decode(params.getDurability());
  auto may = check(scope::write);
  if (may) may = check_batch(params.getEpisodes().size(), params.totalSize().wordCount);
  if (!may || !how) {
    answer_error(edge_, context, may ? how.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::write_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().writes.remember(id_, decode_all<memory::episode>(params.getEpisodes()),
                                        *how, std::move(reply));
      },
      fill_receipts(edge_));
}

kj::Promise<void> space_server::associate(AssociateContext context) {
  auto params = context.getParams();
  auto how = decode(params.getDurability());
  auto may = check(scope::write);
  if (may) may = check_batch(params.getAssociations().size(), params.totalSize().wordCount);
  if (!may || !how) {
    answer_error(edge_, context, may ? how.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::write_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().writes.associate(
            id_, decode_all<memory::association>(params.getAssociations()), *how, std::move(reply));
      },
      fill_receipts(edge_));
}

kj::Promise<void> space_server::forget(ForgetContext context) {
  auto params = context.getParams();
  auto how = decode(params.getDurability());
  auto mode = decode(params.getMode());
  auto may = check(scope::write);
  if (may) may = check_batch(params.getIds().size(), params.totalSize().wordCount);
  if (may && !mode) may = mode.error();
  if (!may || !how) {
    answer_error(edge_, context, may ? how.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::write_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().writes.forget(id_, decode(params.getIds()), *mode, *how, std::move(reply));
      },
      fill_receipts(edge_));
}

kj::Promise<void> space_server::get(GetContext context) {
  auto params = context.getParams();
  auto how = decode(params.getRead());
  auto may = check(scope::read);
  if (may) may = check_batch(params.getIds().size(), params.totalSize().wordCount);
  if (!may || !how) {
    answer_error(edge_, context, may ? how.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<std::vector<actors::memory_record>>(
      edge_, context,
      [&](auto reply) {
        edge_.service().reads.get(id_, decode(params.getIds()), *std::move(how), std::move(reply));
      },
      [](auto result, const std::vector<actors::memory_record>& found) {
        encode(found, result.initOk(static_cast<unsigned>(found.size())));
      });
}

kj::Promise<void> space_server::recall(RecallContext context) {
  auto request = decode(context.getParams().getQuery());
  if (auto may = check(scope::read); !may || !request) {
    answer_error(edge_, context, may ? request.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::recall_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().recalls.recall(id_, *std::move(request), std::move(reply));
      },
      fill_answer(edge_));
}

kj::Promise<void> space_server::spread(SpreadContext context) {
  auto request = decode(context.getParams().getQuery());
  if (auto may = check(scope::read); !may || !request) {
    answer_error(edge_, context, may ? request.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::spread_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().recalls.spread(id_, *std::move(request), std::move(reply));
      },
      fill_answer(edge_));
}

kj::Promise<void> space_server::scan(ScanContext context) {
  if (auto may = check(scope::read); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  auto params = context.getParams();
  auto most = static_cast<std::uint32_t>(edge_.settings().batch_items_max);
  auto limit = params.getLimit() == 0 ? most : std::min(params.getLimit(), most);
  return answer<actors::scan_page>(
      edge_, context,
      [&](auto reply) {
        edge_.service().reads.scan(id_, decode(params.getCursor()), limit, std::move(reply));
      },
      [](auto result, const actors::scan_page& page) {
        auto ok = result.initOk();
        encode(page.records, ok.initRecords(static_cast<unsigned>(page.records.size())));
        ok.setCursor(data_of(page.cursor));
      });
}

kj::Promise<void> space_server::concepts(ConceptsContext context) {
  auto query = decode(context.getParams().getQuery());
  if (auto may = check(scope::read); !may || !query) {
    answer_error(edge_, context, may ? query.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::concepts_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().concepts.concepts(id_, *std::move(query), std::move(reply));
      },
      fill_answer(edge_));
}

kj::Promise<void> space_server::consolidate(ConsolidateContext context) {
  if (auto may = check(scope::write); !may) {
    answer_error(edge_, context, may.error());
    return kj::READY_NOW;
  }
  return answer<actors::consolidation_report>(
      edge_, context,
      [&](auto reply) { edge_.service().concepts.consolidate(id_, std::move(reply)); },
      [](auto result, const actors::consolidation_report& made) { encode(made, result.initOk()); });
}

kj::Promise<void> space_server::configure(ConfigureContext context) {
  auto params = context.getParams();
  auto how = decode(params.getDurability());
  auto may = check(scope::admin);
  if (!may || !how) {
    answer_error(edge_, context, may ? how.error() : may.error());
    return kj::READY_NOW;
  }
  return answer<actors::write_reply>(
      edge_, context,
      [&](auto reply) {
        edge_.service().writes.configure(id_, decode(params.getName()), decode(params.getValue()),
                                         *how, std::move(reply));
      },
      fill_receipts(edge_));
}

kj::Promise<void> space_server::import(ImportContext context) {
  auto how = decode(context.getParams().getDurability());
  auto may = check(scope::write);
  if (!may || !how)
    answer_error(edge_, context, may ? how.error() : may.error());
  else
    context.getResults().initResult().setOk(open_import(edge_, {who_, name_, id_, *how, {}, 1}));
  return kj::READY_NOW;
}

/// Who goes on behind a number goes on behind its effects: of what a majority holds nothing may be
/// missing here. What is durable on one node only nobody can wait for.
kj::Promise<void> space_server::stream(StreamContext context) {
  auto params = context.getParams();
  auto how = decode(params.getDurability());
  auto may = check(scope::write);
  if (may && params.getNext() == 0)
    may = base::error{base::errc::invalid_argument, "items are numbered from 1"};
  if (may && params.getName().size() > STREAM_NAME_MAX)
    may = base::error{base::errc::field_too_long, "the name of a stream"};
  if (!may || !how) {
    answer_error(edge_, context, may ? how.error() : may.error());
    return kj::READY_NOW;
  }
  import_target target{who_, name_, id_, *how, decode(params.getName()), params.getNext()};
  if (target.next == 1 || *how == actors::durability::local) {
    context.getResults().initResult().setOk(open_import(edge_, std::move(target)));
    return kj::READY_NOW;
  }
  actors::read_options all_that_is_acknowledged;
  all_that_is_acknowledged.level = actors::read_level::quorum;
  return answer<std::vector<actors::memory_record>>(
      edge_, context,
      [&](auto reply) {
        edge_.service().reads.get(id_, {}, all_that_is_acknowledged, std::move(reply));
      },
      [this, target = std::move(target)](auto result, const auto&) {
        result.setOk(open_import(edge_, target));
      });
}

} // namespace engram::node
