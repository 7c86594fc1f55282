#pragma once
// The node's log: one line per event, as text or as JSON, on standard error or to a sink of a test.
// Owner: node/; whoever writes gets a reference. Any thread. Values are escaped, so that no client
// can forge a line. Never give it a key, a text or a cue: the log holds nothing a client confided.

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace engram::node {

enum class severity { debug = 0, info = 1, warn = 2, error = 3 };

struct log_field {
  std::string_view key;
  std::string value;
};

class log {
public:
  using sink = std::function<void(const std::string& line)>;
  enum class format { text, json };

  /// Writes to standard error when no sink is given.
  log(severity least, format form, sink to = nullptr);
  ~log();
  log(const log&) = delete;
  log& operator=(const log&) = delete;

  void write(severity level, std::string_view scope, std::string_view event,
             std::initializer_list<log_field> fields = {});

  void debug(std::string_view scope, std::string_view event,
             std::initializer_list<log_field> fields = {}) {
    write(severity::debug, scope, event, fields);
  }
  void info(std::string_view scope, std::string_view event,
            std::initializer_list<log_field> fields = {}) {
    write(severity::info, scope, event, fields);
  }
  void warn(std::string_view scope, std::string_view event,
            std::initializer_list<log_field> fields = {}) {
    write(severity::warn, scope, event, fields);
  }
  void error(std::string_view scope, std::string_view event,
             std::initializer_list<log_field> fields = {}) {
    write(severity::error, scope, event, fields);
  }

private:
  struct implementation;
  std::unique_ptr<implementation> implementation_;
};

/// Requires: one of the names the configuration allows.
severity parse_severity(std::string_view name);

} // namespace engram::node
