#include "node/log.hpp"

#include "base/check.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <mutex>

namespace engram::node {

namespace {

constexpr std::array<std::string_view, 4> NAMES{"debug", "info", "warn", "error"};

class callback_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit callback_sink(log::sink to) : to_(std::move(to)) {}

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    to_(std::string(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

private:
  log::sink to_;
};

spdlog::level::level_enum level_of(severity value) {
  constexpr std::array LEVELS{spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                              spdlog::level::err};
  return LEVELS[static_cast<std::size_t>(value)];
}

void append_escaped(std::string& out, std::string_view text) {
  static constexpr char HEX[] = "0123456789abcdef";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += HEX[byte >> 4];
      out += HEX[byte & 15];
    } else
      out += c;
  }
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  append_escaped(out, text);
  return out += '"';
}

bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  for (char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '\\' || c == '=' || c == 0x7f) {
      return false;
    }
  }
  return true;
}

std::string text_line(severity level, std::string_view scope, std::string_view event,
                      std::initializer_list<log_field> fields) {
  std::string line(NAMES[static_cast<std::size_t>(level)]);
  line.resize(6, ' ');
  line += scope;
  line += ": ";
  append_escaped(line, event);
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    line += is_plain(field.value) ? field.value : quoted(field.value);
  }
  return line;
}

// The braces are closed here and opened, with the time, by the pattern.
std::string json_line(severity level, std::string_view scope, std::string_view event,
                      std::initializer_list<log_field> fields) {
  std::string line = "\"level\":" + quoted(NAMES[static_cast<std::size_t>(level)]) +
                     ",\"scope\":" + quoted(scope) + ",\"event\":" + quoted(event);
  for (const auto& field : fields) line += "," + quoted(field.key) + ":" + quoted(field.value);
  return line + "}";
}

} // namespace

struct log::implementation {
  format form;
  std::shared_ptr<spdlog::logger> logger;
};

log::log(severity least, format form, sink to)
    : implementation_(new implementation{form, nullptr}) {
  spdlog::sink_ptr out;
  if (to)
    out = std::make_shared<callback_sink>(std::move(to));
  else
    out = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("engram", std::move(out));
  logger->set_level(level_of(least));
  const char* pattern =
      form == format::json ? "{\"time\":\"%Y-%m-%dT%H:%M:%S.%eZ\",%v" : "%Y-%m-%dT%H:%M:%S.%eZ %v";
  logger->set_pattern(pattern, spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::debug);
  implementation_->logger = std::move(logger);
}

log::~log() = default;

void log::write(severity level, std::string_view scope, std::string_view event,
                std::initializer_list<log_field> fields) {
  if (!implementation_->logger->should_log(level_of(level))) return;
  auto line = implementation_->form == format::json ? json_line(level, scope, event, fields)
                                                    : text_line(level, scope, event, fields);
  implementation_->logger->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

severity parse_severity(std::string_view name) {
  for (std::size_t i = 0; i < NAMES.size(); ++i) {
    if (NAMES[i] == name) return static_cast<severity>(i);
  }
  base::check_failed(__FILE__, __LINE__, "a severity's name", std::string(name));
}

} // namespace engram::node
