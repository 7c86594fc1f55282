#include "bench/corpus.hpp"

#include "bench/must.hpp"
#include "client/import/changelog.hpp"
#include "client/import/wordnet.hpp"

#include <unordered_set>

namespace engram::bench {
namespace {

corpus read(client::import_source& source, std::size_t limit) {
  corpus out;
  std::unordered_set<std::string> ids;
  std::vector<client::import_record> piece;
  bool more = true;
  while (more && out.episodes.size() < limit) {
    piece.clear();
    more = must(source.next(piece));
    for (client::import_record& record : piece) {
      if (!record.outcome || out.episodes.size() == limit) continue;
      client::import_item& item = *record.outcome;
      if (!ids.insert(item.what.id).second) continue;
      item.what.order = static_cast<std::int64_t>(out.episodes.size());
      out.episodes.push_back(std::move(item.what));
      for (client::association& one : item.associations) out.associations.push_back(std::move(one));
    }
  }
  std::erase_if(out.associations, [&](const client::association& one) {
    return !ids.contains(one.source) || !ids.contains(one.target);
  });
  return out;
}

} // namespace

corpus wordnet(std::size_t limit) {
  return read(*must(client::open_wordnet("/usr/share/wordnet")), limit);
}

corpus changelogs(std::size_t limit) {
  auto source = client::open_changelogs("/usr/share/doc");
  return source ? read(**source, limit) : corpus{};
}

memory::episode engine_episode(const client::episode& from) {
  memory::episode out;
  out.id = from.id;
  out.text = from.text;
  out.title = from.title;
  out.speaker = from.speaker;
  out.who = from.who;
  out.place = from.place;
  out.session = from.session;
  out.tags = from.tags;
  out.when = from.when;
  out.embedding = from.embedding;
  out.confidence = from.confidence;
  out.order = from.order;
  return out;
}

} // namespace engram::bench
