#include "base/counters.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <tuple>

namespace engram::base {

namespace {

std::string number(double value) {
  std::array<char, 64> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

void append_sample(std::string& out, const std::string& name, const std::string& labels,
                   const std::string& value) {
  out.append(name);
  if (!labels.empty()) out.append("{").append(labels).append("}");
  out.append(" ").append(value).append("\n");
}

std::string escape_help(const std::string& help) {
  std::string out;
  for (const char c : help) {
    if (c == '\n')
      out.append("\\n");
    else if (c == '\\')
      out.append("\\\\");
    else
      out.push_back(c);
  }
  return out;
}

/// Upper edge of a bucket in microseconds; the last one has none.
std::uint64_t edge_us(int bucket) noexcept { return std::uint64_t{1} << bucket; }

void append_histogram(std::string& out, const std::string& name, const std::string& labels,
                      const histogram& h) {
  const std::string prefix = labels.empty() ? "" : labels + ",";
  std::uint64_t below = 0;
  for (int i = 0; i + 1 < histogram::bucket_count; ++i) {
    below += h.bucket(i);
    const std::string edge = number(static_cast<double>(edge_us(i)) / 1e6);
    append_sample(out, name + "_bucket", prefix + "le=\"" + edge + "\"", std::to_string(below));
  }
  below += h.bucket(histogram::bucket_count - 1);
  append_sample(out, name + "_bucket", prefix + "le=\"+Inf\"", std::to_string(below));
  append_sample(out, name + "_sum", labels, number(static_cast<double>(h.sum_us()) / 1e6));
  append_sample(out, name + "_count", labels, std::to_string(below));
}

} // namespace

void histogram::record_us(std::uint64_t microseconds) noexcept {
  const int width = microseconds <= 1 ? 0 : static_cast<int>(std::bit_width(microseconds - 1));
  buckets_[static_cast<std::size_t>(std::min(width, bucket_count - 1))].add();
  sum_.add(microseconds);
}

std::uint64_t histogram::count() const noexcept {
  std::uint64_t total = 0;
  for (const counter& bucket : buckets_) total += bucket.value();
  return total;
}

std::uint64_t histogram::quantile_us(double q) const noexcept {
  const std::uint64_t total = count();
  if (total == 0) return 0;
  const double rank = q * static_cast<double>(total);
  std::uint64_t below = 0;
  for (int i = 0; i < bucket_count; ++i) {
    below += bucket(i);
    if (below > 0 && static_cast<double>(below) >= rank) return edge_us(i);
  }
  return edge_us(bucket_count - 1);
}

counter& registry::add_counter(std::string name, std::string help, std::string labels) {
  const std::lock_guard lock{mutex_};
  counter& metric = counters_.emplace_back();
  rows_.push_back(
      {std::move(name), std::move(help), std::move(labels), row::kind::counter, &metric, {}});
  return metric;
}

gauge& registry::add_gauge(std::string name, std::string help, std::string labels) {
  const std::lock_guard lock{mutex_};
  gauge& metric = gauges_.emplace_back();
  rows_.push_back(
      {std::move(name), std::move(help), std::move(labels), row::kind::gauge, &metric, {}});
  return metric;
}

histogram& registry::add_histogram(std::string name, std::string help, std::string labels) {
  const std::lock_guard lock{mutex_};
  histogram& metric = histograms_.emplace_back();
  rows_.push_back(
      {std::move(name), std::move(help), std::move(labels), row::kind::histogram, &metric, {}});
  return metric;
}

void registry::add_callback(std::string name, std::string help, std::function<double()> read,
                            std::string labels) {
  const std::lock_guard lock{mutex_};
  rows_.push_back({std::move(name), std::move(help), std::move(labels), row::kind::callback,
                   nullptr, std::move(read)});
}

std::string_view registry::row::type() const noexcept {
  switch (what) {
  case kind::counter:
    return "counter";
  case kind::histogram:
    return "histogram";
  default:
    return "gauge";
  }
}

void registry::row::append_to(std::string& out) const {
  switch (what) {
  case kind::counter:
    return append_sample(out, name, labels,
                         std::to_string(static_cast<const base::counter*>(metric)->value()));
  case kind::gauge:
    return append_sample(out, name, labels,
                         std::to_string(static_cast<const base::gauge*>(metric)->value()));
  case kind::histogram:
    return append_histogram(out, name, labels, *static_cast<const base::histogram*>(metric));
  case kind::callback:
    return append_sample(out, name, labels, number(read()));
  }
}

std::string registry::render() const {
  // Callbacks may take locks of their own and may register, so they run outside ours.
  std::vector<row> rows;
  {
    const std::lock_guard lock{mutex_};
    rows = rows_;
  }
  std::stable_sort(rows.begin(), rows.end(), [](const row& a, const row& b) {
    return std::tie(a.name, a.labels) < std::tie(b.name, b.labels);
  });

  std::string out;
  const std::string* family = nullptr;
  for (const row& r : rows) {
    if (family == nullptr || *family != r.name) {
      out.append("# HELP ").append(r.name).append(" ").append(escape_help(r.help)).append("\n");
      out.append("# TYPE ").append(r.name).append(" ").append(r.type()).append("\n");
      family = &r.name;
    }
    r.append_to(out);
  }
  return out;
}

} // namespace engram::base
