#include "actors/node/node.hpp"

#include "base/bytes.hpp"
#include "membership/api_key.hpp"
#include "memory/text/analyser.hpp"

namespace engram::actors {

namespace {

constexpr std::uint32_t dimension_max = 16'384;
constexpr std::uint64_t directory_write_bytes = 1024;
constexpr std::size_t label_bytes_max = 256, key_spaces_max = 1024;

using membership::directory;
using membership::space_row;

std::optional<space_row> row_of(const space_row* found) {
  return found == nullptr ? std::nullopt : std::optional(*found);
}

base::error unknown_space(const std::string& name) {
  return {base::errc::unknown_space, "space=" + name.substr(0, 80)};
}

base::result<void> check_key(const key_spec& spec) {
  if (spec.label.size() > label_bytes_max) return {base::errc::field_too_long, "label"};
  if (base::invalid_utf8_at(spec.label)) return {base::errc::invalid_utf8, "label"};
  if (spec.spaces.size() > key_spaces_max) return {base::errc::batch_too_large, "spaces"};
  for (const auto& name : spec.spaces)
    if (!membership::valid_space_name(name))
      return {base::errc::invalid_name, "space=" + name.substr(0, 80)};
  return base::success();
}

key_info key_info_of(const membership::key_row& row) {
  return {row.what.id,
          {row.what.label, static_cast<scope>(row.what.scope), row.what.spaces},
          row.what.created,
          row.revoked};
}

} // namespace

// -- spaces --

/// A change of the directory is a write like any other: it takes a credit, so that a drain waits.
void node::propose(directory_host::judge decide, reply<void> done) {
  if (const auto copies = directory_copies(); !copies) return refuse(done, copies.error());
  base::result<void> taken;
  {
    const std::lock_guard lock(admission_mutex_);
    taken = admission_.take_write(directory_write_bytes);
  }
  if (!taken) {
    metrics_.refused(taken.error());
    return done(taken);
  }
  directory_->propose(std::move(decide),
                      [this, done = std::move(done)](const base::result<void>& got) {
                        if (!got) metrics_.refused(got.error());
                        done(got);
                        give_write(directory_write_bytes);
                      });
}

void node::create_space(space_spec spec, reply<space_info> done) {
  if (spec.language.empty()) spec.language = "english";
  if (spec.language != "none" && !memory::analyser::known_language(spec.language))
    return refuse(done, {base::errc::invalid_argument, "language=" + spec.language.substr(0, 80)});
  if (spec.dimension > dimension_max)
    return refuse(done,
                  {base::errc::invalid_argument, "dimension=" + std::to_string(spec.dimension)});
  const auto name = spec.name;
  auto decide = [spec](const directory& d) -> directory_host::decision {
    TRY_ASSIGN(const auto known, d.admit_create(spec.name, spec.dimension, spec.language));
    if (known) return std::optional<membership::directory_op>{};
    membership::create_space_op op{
        {spec.name, d.next_generation(spec.name), spec.dimension, spec.language}};
    return std::optional<membership::directory_op>{std::move(op)};
  };
  propose(std::move(decide), [this, name,
                              done = std::move(done)](const base::result<void>& created) {
    if (!created) return done(created.error());
    const auto row = directory_->read([&](const directory& d) { return row_of(d.resolve(name)); });
    if (!row) return refuse(done, unknown_space(name)); // dropped meanwhile
    // It is there, whether or not a replica answers for it yet.
    info_of(*row, [this, row = *row, done](base::result<space_info> got) {
      done(got ? std::move(got) : base::result<space_info>(glance(row)));
    });
  });
}

void node::resolve(std::string name, reply<space_info> done) {
  const auto row = directory_->read([&](const directory& d) { return row_of(d.resolve(name)); });
  if (!row) return refuse(done, unknown_space(name));
  info_of(*row, [this, row = *row, done = std::move(done)](base::result<space_info> got) {
    if (got || !is_out_of_reach(got.error()) || !concepts_.sheets().has(row.identity))
      return done(std::move(got));
    done(glance(row)); // there is something to say of it, if coarsely
  });
}

void node::list_spaces(reply<std::vector<space_info>> done) {
  struct gathering {
    std::mutex mutex;
    std::vector<space_info> infos;
    std::size_t left = 0;
  };
  const auto rows = directory_->read([](const directory& d) { return d.resolvable(); });
  if (rows.empty()) return done(std::vector<space_info>{});
  auto all = std::make_shared<gathering>();
  all->left = rows.size();
  for (const auto& row : rows) all->infos.push_back(glance(row));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto take = [all, i, done](base::result<space_info> got) {
      {
        const std::lock_guard lock(all->mutex);
        if (got) all->infos[i] = *std::move(got); // otherwise the glance has to do
        if (--all->left != 0) return;
      }
      done(std::move(all->infos));
    };
    // Under a memory budget a list opens nothing.
    if (config_.memory_budget_bytes != 0 && !supervisor_.find(rows[i].identity))
      take(glance(rows[i]));
    else
      info_of(rows[i], take);
  }
}

void node::drop_space(std::string name, reply<void> done) {
  const auto row = directory_->read([&](const directory& d) { return row_of(d.resolve(name)); });
  if (!row) return refuse(done, unknown_space(name));
  const auto space = row->identity;
  auto decide = [space, name](const directory& d) -> directory_host::decision {
    if (d.dropped(space)) return unknown_space(name);
    return std::optional<membership::directory_op>{membership::drop_space_op{space, name}};
  };
  propose(std::move(decide),
          [this, space, done = std::move(done)](const base::result<void>& dropped) {
            if (!dropped) return done(dropped);
            drop_copy(space, done);
          });
}

void node::open_space(const base::space_id& space, reply<std::shared_ptr<space_slot>> done) {
  const auto row = directory_->read([&](const directory& d) { return row_of(d.find(space)); });
  if (!row) return done(base::error{base::errc::unknown_space, "id=" + space.hex()});
  supervisor_.want({space, row->what.name, row->what.dimension, row->what.language},
                   std::move(done));
}

/// What can be said of a space without asking it.
space_info node::glance(const space_row& row) const {
  space_info out;
  out.spec = {row.what.name, row.what.dimension, row.what.language};
  out.identity = row.identity;
  out.generation = row.what.generation;
  out.parked = supervisor_.parked(row.identity).has_value();
  const auto slot = supervisor_.find(row.identity);
  if (!slot) return out;
  const auto view = slot->view();
  const auto& counts = view->state->counts;
  out.memories = counts.memories;
  out.associations = counts.associations;
  out.suppressed = counts.suppressed;
  out.graves = counts.graves;
  out.damaged = counts.damaged + slot->lost_at_open;
  out.memory_bytes = counts.memory_bytes;
  out.state_hash = view->state->state_hash;
  return out;
}

// -- keys --

void node::create_key(key_spec spec, reply<new_key> done) {
  if (const auto fine = check_key(spec); !fine) return refuse(done, fine.error());
  auto drawn =
      membership::draw_key(std::move(spec.label), static_cast<membership::key_scope>(spec.scope),
                           std::move(spec.spaces), ports_.clock.wall(), entropy_);
  membership::key_row row;
  row.what = drawn.op;
  new_key out{key_info_of(row), std::move(drawn.secret)};
  propose(
      [op = std::move(drawn.op)](const directory&) -> directory_host::decision {
        return std::optional<membership::directory_op>{op};
      },
      [out = std::move(out), done = std::move(done)](const base::result<void>& created) {
        if (!created) return done(created.error());
        done(out);
      });
}

void node::list_keys(reply<std::vector<key_info>> done) {
  std::vector<key_info> out;
  for (const auto& row : directory_->read([](const directory& d) { return d.keys(); }))
    out.push_back(key_info_of(row));
  done(std::move(out));
}

void node::revoke_key(std::string id, reply<void> done) {
  propose(
      [id](const directory& d) -> directory_host::decision {
        const auto* row = d.key(id);
        if (row == nullptr) return base::error{base::errc::unknown_key, "id=" + id.substr(0, 80)};
        if (row->revoked) return std::optional<membership::directory_op>{};
        return std::optional<membership::directory_op>{membership::revoke_key_op{id}};
      },
      std::move(done));
}

/// What it holds of names and keys may be nothing, or wrong.
base::result<void> node::may_serve() const {
  if (joining_)
    return {base::errc::unavailable, "joining: the cluster's directory has not come yet"};
  if (is_outdated()) return {base::errc::incompatible, "the cluster's feature level"};
  return base::success();
}

base::result<authority> node::anonymous() const {
  TRY(may_serve());
  if (key_required()) return base::error{base::errc::unauthenticated, "keys exist: give one"};
  return authority{{}, {"anonymous", scope::admin, {}}};
}

void node::authenticate(std::string secret, reply<authority> done) {
  if (const auto may = may_serve(); !may) return refuse(done, may.error());
  const base::error refused{base::errc::unauthenticated, "key"};
  if (secret.empty()) {
    auto who = anonymous();
    return who ? done(*std::move(who)) : refuse(done, who.error());
  }
  const auto id = membership::key_id_of(secret);
  if (!id) return refuse(done, refused);
  const auto row = directory_->read([&](const directory& d) {
    const auto* found = d.key(*id);
    return found == nullptr ? std::optional<membership::key_row>{} : *found;
  });
  if (!row || !membership::opens(row->what, secret) || row->revoked) return refuse(done, refused);
  done(authority{row->what.id, key_info_of(*row).spec});
}

bool node::in_force(const authority& who) const {
  return !is_outdated() && directory_->in_force(who);
}
bool node::key_required() const { return directory_->key_required(); }

// -- status --

std::string node::verdict() const {
  if (joining_) return "joining: the cluster's directory has not come yet";
  if (is_outdated())
    return "too old for the cluster: its feature level is " + std::to_string(level());
  if (log_.failed()) return "the store failed; nothing more is written, restart the node";
  {
    const std::lock_guard lock(admission_mutex_);
    if (!admission_.accepting_writes()) return "stopping: writes are refused";
  }
  if (log_.disk_low()) return "serving reads; writes are refused, the disk is full to its reserve";
  std::size_t parked = 0, damaged = 0;
  for (const auto& row : directory_->read([](const directory& d) { return d.resolvable(); })) {
    const auto seen = glance(row);
    parked += seen.parked;
    damaged += seen.damaged != 0;
  }
  if (parked != 0) return "serving; spaces out of service: " + std::to_string(parked);
  if (damaged != 0) return "serving; spaces with damaged memories: " + std::to_string(damaged);
  return "serving";
}

void node::status(reply<node_status> done) {
  const auto queued = pool_.submit_admitted([this, done] {
    node_status out;
    out.store = store_;
    out.cluster = cluster_;
    out.origin = log_.self();
    out.uptime = std::chrono::duration_cast<base::duration>(ports_.clock.monotonic() - started_);
    out.now = ports_.clock.wall();
    out.verdict = verdict();
    out.ready = !log_.failed() && may_serve();
    {
      const std::lock_guard lock(admission_mutex_);
      out.accepting_writes = out.ready && admission_.accepting_writes() && !log_.disk_low();
    }
    for (const auto& row : directory_->read([](const directory& d) { return d.resolvable(); })) {
      out.spaces.push_back(glance(row));
      out.bytes_resident += out.spaces.back().memory_bytes;
    }
    if (const auto stats = ports_.store.stats()) {
      out.bytes_on_disk = stats->bytes_on_disk;
      out.bytes_free = stats->bytes_free;
    }
    done(std::move(out));
  });
  if (!queued) done(queued.error());
}

} // namespace engram::actors
