#include "memory/text/word_forms.hpp"

#include <algorithm>
#include <array>

namespace engram::memory {
namespace {

// clang-format off
constexpr std::array<word_form, 275> ENGLISH_FORMS{{
    {"advert", "advertisement"}, {"aeroplane", "airplane"}, {"arisen", "arise"}, {"arose", "arise"},
    {"ate", "eat"}, {"awoke", "awake"}, {"awoken", "awake"}, {"bbq", "barbecue"},
    {"bday", "birthday"}, {"beaten", "beat"}, {"became", "become"}, {"began", "begin"},
    {"begun", "begin"}, {"bent", "bend"}, {"bike", "bicycle"}, {"bikes", "bicycle"},
    {"bitten", "bite"}, {"biz", "business"}, {"bled", "bleed"}, {"blew", "blow"}, {"blown", "blow"},
    {"borne", "bear"}, {"bought", "buy"}, {"bred", "breed"}, {"bro", "brother"}, {"broke", "break"},
    {"broken", "break"}, {"bros", "brother"}, {"brought", "bring"}, {"built", "build"},
    {"burnt", "burn"}, {"businessmen", "businessman"}, {"calves", "calf"}, {"came", "come"},
    {"caught", "catch"}, {"centre", "center"}, {"champ", "champion"}, {"champs", "champion"},
    {"children", "child"}, {"chose", "choose"}, {"chosen", "choose"}, {"clung", "cling"},
    {"colour", "color"}, {"colours", "color"}, {"comfy", "comfortable"},
    {"congrats", "congratulations"}, {"crept", "creep"}, {"dad", "father"}, {"daddy", "father"},
    {"dads", "father"}, {"dealt", "deal"}, {"drank", "drink"}, {"drawn", "draw"},
    {"dreamt", "dream"}, {"drew", "draw"}, {"driven", "drive"}, {"drove", "drive"},
    {"drunk", "drink"}, {"dug", "dig"}, {"eaten", "eat"}, {"exam", "examination"},
    {"exams", "examination"}, {"fallen", "fall"}, {"fam", "family"}, {"fams", "family"},
    {"fav", "favorite"}, {"fave", "favorite"}, {"faves", "favorite"}, {"favourite", "favorite"},
    {"fed", "feed"}, {"feet", "foot"}, {"felt", "feel"}, {"firemen", "fireman"},
    {"fishermen", "fisherman"}, {"fled", "flee"}, {"flew", "fly"}, {"flown", "fly"},
    {"flu", "influenza"}, {"flung", "fling"}, {"forbade", "forbid"}, {"forbidden", "forbid"},
    {"forgave", "forgive"}, {"forgiven", "forgive"}, {"forgot", "forget"}, {"forgotten", "forget"},
    {"fought", "fight"}, {"fridge", "refrigerator"}, {"froze", "freeze"}, {"frozen", "freeze"},
    {"gave", "give"}, {"geese", "goose"}, {"given", "give"}, {"gone", "go"}, {"got", "get"},
    {"gotten", "get"}, {"grandchildren", "grandchild"}, {"granddad", "grandfather"},
    {"grandma", "grandmother"}, {"grandmas", "grandmother"}, {"grandpa", "grandfather"},
    {"grandpas", "grandfather"}, {"granny", "grandmother"}, {"grats", "congratulations"},
    {"grew", "grow"}, {"grown", "grow"}, {"gym", "gymnasium"}, {"gyms", "gymnasium"},
    {"halves", "half"}, {"heard", "hear"}, {"held", "hold"}, {"hid", "hide"}, {"hidden", "hide"},
    {"hubby", "husband"}, {"hung", "hang"}, {"info", "information"}, {"kept", "keep"},
    {"kid", "child"}, {"kiddo", "child"}, {"kiddos", "child"}, {"kids", "child"},
    {"knelt", "kneel"}, {"knew", "know"}, {"knives", "knife"}, {"known", "know"},
    {"lab", "laboratory"}, {"labs", "laboratory"}, {"laid", "lay"}, {"leapt", "leap"},
    {"learnt", "learn"}, {"led", "lead"}, {"lent", "lend"}, {"loaves", "loaf"}, {"lost", "lose"},
    {"made", "make"}, {"math", "mathematics"}, {"maths", "mathematics"}, {"meant", "mean"},
    {"men", "man"}, {"met", "meet"}, {"mice", "mouse"}, {"mistaken", "mistake"},
    {"mistook", "mistake"}, {"mom", "mother"}, {"mommy", "mother"}, {"moms", "mother"},
    {"movie", "film"}, {"movies", "film"}, {"mum", "mother"}, {"mummy", "mother"},
    {"mums", "mother"}, {"overcame", "overcome"}, {"oxen", "ox"}, {"paid", "pay"},
    {"papa", "father"}, {"phone", "telephone"}, {"phones", "telephone"}, {"photo", "photograph"},
    {"photos", "photograph"}, {"pic", "picture"}, {"pics", "picture"}, {"plane", "airplane"},
    {"planes", "airplane"}, {"policemen", "policeman"}, {"proven", "prove"}, {"pup", "puppy"},
    {"pups", "puppy"}, {"ran", "run"}, {"rang", "ring"}, {"rebuilt", "rebuild"},
    {"retold", "retell"}, {"rewritten", "rewrite"}, {"rewrote", "rewrite"}, {"ridden", "ride"},
    {"risen", "rise"}, {"rode", "ride"}, {"rung", "ring"}, {"said", "say"}, {"sang", "sing"},
    {"sank", "sink"}, {"sat", "sit"}, {"scarves", "scarf"}, {"seen", "see"}, {"sent", "send"},
    {"sewn", "sew"}, {"shaken", "shake"}, {"shelves", "shelf"}, {"shone", "shine"},
    {"shook", "shake"}, {"shown", "show"}, {"shrank", "shrink"}, {"shrunk", "shrink"},
    {"sis", "sister"}, {"slept", "sleep"}, {"slid", "slide"}, {"smelt", "smell"}, {"sold", "sell"},
    {"sought", "seek"}, {"spelt", "spell"}, {"spent", "spend"}, {"spilt", "spill"},
    {"spoilt", "spoil"}, {"spoke", "speak"}, {"spoken", "speak"}, {"sprang", "spring"},
    {"sprung", "spring"}, {"spun", "spin"}, {"stank", "stink"}, {"stole", "steal"},
    {"stolen", "steal"}, {"stood", "stand"}, {"stricken", "strike"}, {"striven", "strive"},
    {"strove", "strive"}, {"struck", "strike"}, {"stuck", "stick"}, {"stung", "sting"},
    {"stunk", "stink"}, {"sung", "sing"}, {"sunk", "sink"}, {"swam", "swim"}, {"swept", "sweep"},
    {"swollen", "swell"}, {"swore", "swear"}, {"sworn", "swear"}, {"swum", "swim"},
    {"swung", "swing"}, {"taken", "take"}, {"taught", "teach"}, {"teeth", "tooth"},
    {"telly", "television"}, {"theatre", "theater"}, {"thieves", "thief"}, {"thought", "think"},
    {"threw", "throw"}, {"thrown", "throw"}, {"told", "tell"}, {"took", "take"}, {"tore", "tear"},
    {"torn", "tear"}, {"tourney", "tournament"}, {"tourneys", "tournament"}, {"trod", "tread"},
    {"trodden", "tread"}, {"tv", "television"}, {"tvs", "television"}, {"undergone", "undergo"},
    {"understood", "understand"}, {"undertaken", "undertake"}, {"undertook", "undertake"},
    {"underwent", "undergo"}, {"uni", "university"}, {"upheld", "uphold"}, {"vacay", "vacation"},
    {"veg", "vegetable"}, {"veggie", "vegetable"}, {"veggies", "vegetable"}, {"vid", "video"},
    {"vids", "video"}, {"went", "go"}, {"wept", "weep"}, {"withdrawn", "withdraw"},
    {"withdrew", "withdraw"}, {"withheld", "withhold"}, {"wives", "wife"}, {"woke", "wake"},
    {"woken", "wake"}, {"wolves", "wolf"}, {"women", "woman"}, {"won", "win"}, {"wore", "wear"},
    {"worn", "wear"}, {"wove", "weave"}, {"woven", "weave"}, {"written", "write"},
    {"wrote", "write"},
}};
// clang-format on

static_assert(std::is_sorted(ENGLISH_FORMS.begin(), ENGLISH_FORMS.end(),
                             [](const word_form& a, const word_form& b) {
                               return a.form < b.form;
                             }));

} // namespace

std::span<const word_form> forms_of(std::string_view language) noexcept {
  if (language == "english") return ENGLISH_FORMS;
  return {};
}

std::string_view word_of(std::span<const word_form> forms, std::string_view said) noexcept {
  const auto at =
      std::lower_bound(forms.begin(), forms.end(), said,
                       [](const word_form& f, std::string_view word) { return f.form < word; });
  return at != forms.end() && at->form == said ? at->word : said;
}

} // namespace engram::memory
