#pragma once
// One word at a time: what it becomes as a term and what the language's rules say of it. A
// word_reader belongs to one thread while it is borrowed; the pool hands them out, so that stemmers
// (which keep state) and their caches are never shared. A cache is only a cache: it never changes a
// result.

#include "memory/key_table.hpp"
#include "memory/text/word_forms.hpp"
#include "memory/text/word_rules.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct sb_stemmer;

namespace engram::memory {

struct word_facts {
  std::uint64_t key = 0;    // of the stem of the word that it is a form of
  std::uint32_t hash = 0;   // of the word itself, its lowest bit clear
  std::uint8_t classes = 0; // word_class
  std::uint8_t month = 0;
  bool has_digit = false;
};

class word_reader {
public:
  word_reader(const std::string& language, const word_rules& rules);
  ~word_reader();
  word_reader(const word_reader&) = delete;
  word_reader& operator=(const word_reader&) = delete;

  /// Calls `each(lower-case word, facts)` for every word of valid or invalid UTF-8, in order. In a
  /// call, capital() says whether the word began with a capital.
  template <class Each>
  void read(std::string_view text, Each&& each) {
    std::size_t at = 0;
    while (next(text, at)) {
      const word_facts& known = facts(); // before the word is looked at: it may shorten it
      each(std::string_view(word_), known);
    }
  }

  bool capital() const noexcept { return capital_; }

private:
  bool next(std::string_view text, std::size_t& at);
  bool joins(std::string_view text, std::size_t at) const noexcept;
  const word_facts& facts();
  word_facts look_up() const;

  struct known_word {
    word_facts facts;
    std::uint32_t begin = 0, size = 0; // in cached_
  };
  static constexpr std::size_t cache_max = 1 << 16;
  static constexpr std::size_t word_bytes_max = 64; // longer ones are cut: no language has them

  const word_rules& rules_;
  std::span<const word_form> forms_;
  sb_stemmer* stemmer_;
  std::string word_;
  bool capital_ = false;
  std::vector<known_word> cache_;
  std::string cached_; // their letters, one word's after the other's
  key_table by_word_;
};

class word_reader_pool {
public:
  explicit word_reader_pool(std::string language);

  class lease {
  public:
    explicit lease(word_reader_pool& pool) : pool_(pool), reader_(pool.take()) {}
    ~lease() { pool_.give_back(std::move(reader_)); }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    word_reader* operator->() const noexcept { return reader_.get(); }
    word_reader& operator*() const noexcept { return *reader_; }

  private:
    word_reader_pool& pool_;
    std::unique_ptr<word_reader> reader_;
  };

private:
  std::unique_ptr<word_reader> take();
  void give_back(std::unique_ptr<word_reader> reader);

  std::string language_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<word_reader>> idle_;
};

} // namespace engram::memory
