#include "memory/text/words.hpp"

#include "memory/index/keys.hpp"
#include "memory/text/unicode.hpp"

#include <libstemmer.h>

#include <algorithm>

namespace engram::memory {
namespace {

constexpr char32_t TYPOGRAPHIC_APOSTROPHE = 0x2019;

bool is_ascii_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

} // namespace

word_reader::word_reader(const std::string& language, const word_rules& rules)
    : rules_(rules), forms_(forms_of(language)),
      stemmer_(sb_stemmer_new(language.c_str(), nullptr)) {}

word_reader::~word_reader() { sb_stemmer_delete(stemmer_); }

/// Whether what follows an apostrophe at `at` goes on with the word before it.
bool word_reader::joins(std::string_view text, std::size_t at) const noexcept {
  return rules_.apostrophe_joins && !word_.empty() && at < text.size() && is_ascii_word(text[at]);
}

bool word_reader::next(std::string_view text, std::size_t& at) {
  word_.clear();
  while (at < text.size()) {
    const std::size_t begin = at;
    const char byte = text[at];
    if (is_ascii_word(byte)) {
      if (word_.empty()) capital_ = byte >= 'A' && byte <= 'Z';
      word_.push_back(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte);
      ++at;
      continue;
    }
    const char32_t c = decode_utf8(text, at);
    if (c == '\'' || c == TYPOGRAPHIC_APOSTROPHE) {
      if (joins(text, at)) {
        word_.push_back('\'');
        continue;
      }
    } else if (c >= 0x80 && is_unspaced_script(c)) {
      if (!word_.empty()) return at = begin, true;
      capital_ = false;
      encode_utf8(to_lower(c), word_);
      std::size_t second = at; // the next character stays to begin the next pair
      const char32_t d = second < text.size() ? decode_utf8(text, second) : 0;
      if (is_unspaced_script(d)) encode_utf8(to_lower(d), word_);
      return true;
    } else if (c >= 0x80 && c != 0xFFFD && is_word_character(c)) {
      if (word_.empty()) capital_ = to_lower(c) != c;
      encode_utf8(to_lower(c), word_);
      continue;
    }
    if (!word_.empty()) return true;
  }
  return !word_.empty();
}

word_facts word_reader::look_up() const {
  word_facts facts;
  facts.hash = static_cast<std::uint32_t>(key_of(key_kind::word, fold_marks(word_))) & ~CAPITAL_BIT;
  facts.classes = rules_.classes(word_);
  facts.month = static_cast<std::uint8_t>(rules_.month(word_));
  facts.has_digit =
      std::any_of(word_.begin(), word_.end(), [](char c) { return c >= '0' && c <= '9'; });
  std::string_view stem = word_of(forms_, word_);
  if (stemmer_ && !facts.has_digit) {
    const auto* symbols = reinterpret_cast<const sb_symbol*>(stem.data());
    const auto* stemmed = sb_stemmer_stem(stemmer_, symbols, static_cast<int>(stem.size()));
    if (stemmed && sb_stemmer_length(stemmer_) > 0)
      stem = {reinterpret_cast<const char*>(stemmed),
              static_cast<std::size_t>(sb_stemmer_length(stemmer_))};
  }
  facts.key = key_of(key_kind::term, fold_marks(stem));
  return facts;
}

const word_facts& word_reader::facts() {
  // A possessive names the same thing: "Anna's" is Anna.
  if (word_.ends_with("'s")) word_.resize(word_.size() - 2);
  if (word_.size() > word_bytes_max) {
    std::size_t cut = word_bytes_max;
    while (cut > 0 && (static_cast<unsigned char>(word_[cut]) & 0xC0) == 0x80) --cut;
    word_.resize(cut);
  }
  const std::uint64_t hash = base::fast_hash64(word_);
  const std::uint32_t known = by_word_.find(hash, [this](std::uint32_t row) {
    return std::string_view(cached_).substr(cache_[row].begin, cache_[row].size) == word_;
  });
  if (known != key_table::none) return cache_[known].facts;
  if (cache_.size() >= cache_max) {
    cache_.clear();
    cached_.clear();
    by_word_.clear();
  }
  by_word_.insert(hash, static_cast<std::uint32_t>(cache_.size()));
  const auto begin = static_cast<std::uint32_t>(cached_.size());
  cached_ += word_;
  cache_.push_back({look_up(), begin, static_cast<std::uint32_t>(word_.size())});
  return cache_.back().facts;
}

word_reader_pool::word_reader_pool(std::string language) : language_(std::move(language)) {}

std::unique_ptr<word_reader> word_reader_pool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  return std::make_unique<word_reader>(language_, rules_of(language_));
}

void word_reader_pool::give_back(std::unique_ptr<word_reader> reader) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
}

} // namespace engram::memory
