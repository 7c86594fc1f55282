#include "memory/text/word_rules.hpp"

#include <algorithm>
#include <array>

namespace engram::memory {
namespace {

// clang-format off
constexpr std::array<word_rule, 319> ENGLISH_WORDS{{
    {"a", stop_word}, {"about", stop_word}, {"above", stop_word}, {"after", stop_word},
    {"afternoon", time_word}, {"again", stop_word}, {"against", stop_word}, {"ago", time_word},
    {"ain't", stop_word}, {"all", stop_word}, {"also", stop_word}, {"am", stop_word},
    {"an", stop_word}, {"and", stop_word}, {"anniversary", time_word}, {"any", stop_word},
    {"april", time_word}, {"are", stop_word}, {"aren't", stop_word}, {"as", stop_word},
    {"at", stop_word}, {"august", time_word}, {"autumn", time_word}, {"be", stop_word},
    {"because", stop_word}, {"been", stop_word}, {"before", stop_word}, {"being", stop_word},
    {"below", stop_word}, {"between", stop_word}, {"big", measure_word}, {"billion", number_word},
    {"birthday", time_word}, {"both", stop_word}, {"but", stop_word}, {"by", stop_word},
    {"can", stop_word}, {"can't", stop_word}, {"cannot", stop_word}, {"christmas", time_word},
    {"could", stop_word}, {"couldn't", stop_word}, {"couple", number_word},
    {"currently", time_word}, {"d", stop_word}, {"day", time_word}, {"days", time_word},
    {"december", time_word}, {"deep", measure_word}, {"did", stop_word}, {"didn't", stop_word},
    {"do", stop_word}, {"does", stop_word}, {"doesn't", stop_word}, {"doing", stop_word},
    {"don't", stop_word}, {"down", stop_word}, {"dozen", number_word}, {"during", stop_word},
    {"each", stop_word}, {"earlier", time_word}, {"easter", time_word}, {"eight", number_word},
    {"eighteen", number_word}, {"eighty", number_word}, {"either", stop_word},
    {"eleven", number_word}, {"else", stop_word}, {"evening", time_word}, {"ever", stop_word},
    {"fall", time_word}, {"far", measure_word}, {"fast", measure_word}, {"february", time_word},
    {"few", stop_word}, {"fifteen", number_word}, {"fifty", number_word}, {"five", number_word},
    {"for", stop_word}, {"forty", number_word}, {"four", number_word}, {"fourteen", number_word},
    {"friday", time_word}, {"from", stop_word}, {"further", stop_word}, {"had", stop_word},
    {"hadn't", stop_word}, {"has", stop_word}, {"hasn't", stop_word}, {"have", stop_word},
    {"haven't", stop_word}, {"having", stop_word}, {"he", stop_word}, {"he'd", stop_word},
    {"he'll", stop_word}, {"he's", stop_word}, {"heavy", measure_word}, {"her", stop_word},
    {"here", stop_word}, {"here's", stop_word}, {"hers", stop_word}, {"herself", stop_word},
    {"high", measure_word}, {"him", stop_word}, {"himself", stop_word}, {"his", stop_word},
    {"how", stop_word | how_word}, {"how's", stop_word}, {"hundred", number_word},
    {"i", stop_word}, {"i'd", stop_word}, {"i'll", stop_word}, {"i'm", stop_word},
    {"i've", stop_word}, {"if", stop_word}, {"in", stop_word}, {"into", stop_word},
    {"is", stop_word}, {"isn't", stop_word}, {"it", stop_word}, {"it'd", stop_word},
    {"it'll", stop_word}, {"it's", stop_word}, {"its", stop_word}, {"itself", stop_word},
    {"january", time_word}, {"july", time_word}, {"june", time_word}, {"just", stop_word},
    {"large", measure_word}, {"last", time_word}, {"lately", time_word}, {"later", time_word},
    {"let", stop_word}, {"let's", stop_word}, {"ll", stop_word}, {"long", measure_word},
    {"m", stop_word}, {"many", measure_word}, {"march", time_word}, {"may", stop_word},
    {"me", stop_word}, {"might", stop_word}, {"million", number_word}, {"monday", time_word},
    {"month", time_word}, {"months", time_word}, {"more", stop_word}, {"morning", time_word},
    {"most", stop_word}, {"much", stop_word | measure_word}, {"must", stop_word},
    {"mustn't", stop_word}, {"my", stop_word}, {"myself", stop_word}, {"neither", stop_word},
    {"next", time_word}, {"night", time_word}, {"nine", number_word}, {"nineteen", number_word},
    {"ninety", number_word}, {"no", stop_word}, {"nor", stop_word}, {"not", stop_word},
    {"november", time_word}, {"now", time_word}, {"october", time_word}, {"of", stop_word},
    {"off", stop_word}, {"often", measure_word}, {"old", measure_word}, {"on", stop_word},
    {"once", stop_word | number_word}, {"only", stop_word}, {"onto", stop_word}, {"or", stop_word},
    {"other", stop_word}, {"our", stop_word}, {"ours", stop_word}, {"ourselves", stop_word},
    {"out", stop_word}, {"over", stop_word}, {"own", stop_word}, {"per", stop_word},
    {"please", stop_word}, {"rather", stop_word}, {"re", stop_word}, {"recently", time_word},
    {"s", stop_word}, {"same", stop_word}, {"saturday", time_word}, {"september", time_word},
    {"seven", number_word}, {"seventeen", number_word}, {"seventy", number_word},
    {"several", number_word}, {"shall", stop_word}, {"she", stop_word}, {"she'd", stop_word},
    {"she'll", stop_word}, {"she's", stop_word}, {"should", stop_word}, {"shouldn't", stop_word},
    {"since", time_word}, {"six", number_word}, {"sixteen", number_word}, {"sixty", number_word},
    {"so", stop_word}, {"some", stop_word}, {"soon", time_word}, {"spring", time_word},
    {"such", stop_word}, {"summer", time_word}, {"sunday", time_word}, {"t", stop_word},
    {"tall", measure_word}, {"ten", number_word}, {"than", stop_word}, {"thanksgiving", time_word},
    {"that", stop_word}, {"that's", stop_word}, {"the", stop_word}, {"their", stop_word},
    {"theirs", stop_word}, {"them", stop_word}, {"themselves", stop_word}, {"then", stop_word},
    {"there", stop_word}, {"there's", stop_word}, {"these", stop_word}, {"they", stop_word},
    {"they'd", stop_word}, {"they'll", stop_word}, {"they're", stop_word}, {"they've", stop_word},
    {"thirteen", number_word}, {"thirty", number_word}, {"this", stop_word}, {"those", stop_word},
    {"thousand", number_word}, {"three", number_word}, {"thrice", number_word},
    {"through", stop_word}, {"thursday", time_word}, {"thus", stop_word}, {"to", stop_word},
    {"today", time_word}, {"tomorrow", time_word}, {"tonight", time_word}, {"too", stop_word},
    {"toward", stop_word}, {"towards", stop_word}, {"tuesday", time_word}, {"twelve", number_word},
    {"twenty", number_word}, {"twice", number_word}, {"two", number_word}, {"under", stop_word},
    {"until", stop_word}, {"up", stop_word}, {"upon", stop_word}, {"us", stop_word},
    {"ve", stop_word}, {"very", stop_word}, {"via", stop_word}, {"was", stop_word},
    {"wasn't", stop_word}, {"we", stop_word}, {"we'd", stop_word}, {"we'll", stop_word},
    {"we're", stop_word}, {"we've", stop_word}, {"wednesday", time_word}, {"week", time_word},
    {"weekend", time_word}, {"weeks", time_word}, {"were", stop_word}, {"weren't", stop_word},
    {"what", stop_word}, {"what's", stop_word}, {"whatever", stop_word},
    {"when", stop_word | time_question}, {"when's", stop_word | time_question},
    {"whenever", stop_word}, {"where", stop_word}, {"where's", stop_word}, {"wherever", stop_word},
    {"whether", stop_word}, {"which", stop_word}, {"while", stop_word}, {"who", stop_word},
    {"who's", stop_word}, {"whoever", stop_word}, {"whom", stop_word}, {"whose", stop_word},
    {"why", stop_word}, {"why's", stop_word}, {"will", stop_word}, {"winter", time_word},
    {"with", stop_word}, {"within", stop_word}, {"without", stop_word}, {"won't", stop_word},
    {"would", stop_word}, {"wouldn't", stop_word}, {"year", time_word}, {"years", time_word},
    {"yes", stop_word}, {"yesterday", time_word}, {"yet", stop_word}, {"you", stop_word},
    {"you'd", stop_word}, {"you'll", stop_word}, {"you're", stop_word}, {"you've", stop_word},
    {"your", stop_word}, {"yours", stop_word}, {"yourself", stop_word}, {"yourselves", stop_word},
}};

constexpr std::array<std::string_view, 24> ENGLISH_MONTHS{
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug",
    "sep", "oct", "nov", "dec",
};
// clang-format on

constexpr word_rules ENGLISH{ENGLISH_WORDS, ENGLISH_MONTHS, true};
constexpr word_rules NO_RULES{};

static_assert(std::is_sorted(ENGLISH_WORDS.begin(), ENGLISH_WORDS.end(),
                             [](const word_rule& a, const word_rule& b) {
                               return a.word < b.word;
                             }));

} // namespace

std::uint8_t word_rules::classes(std::string_view word) const noexcept {
  const auto at =
      std::lower_bound(words.begin(), words.end(), word,
                       [](const word_rule& r, std::string_view w) { return r.word < w; });
  return at != words.end() && at->word == word ? at->classes : std::uint8_t{0};
}

int word_rules::month(std::string_view word) const noexcept {
  const auto at = std::find(months.begin(), months.end(), word);
  return at == months.end() ? 0 : static_cast<int>((at - months.begin()) % 12) + 1;
}

const word_rules& rules_of(std::string_view language) noexcept {
  return language == "english" ? ENGLISH : NO_RULES;
}

} // namespace engram::memory
