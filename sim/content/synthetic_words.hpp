#pragma once

/// The words that synthetic messages are made of. Included by synthetic.cpp only.

#include <array>
#include <span>
#include <string_view>

namespace ledgram::sim {

struct WordSet {
  std::span<const std::string_view> titles;
  std::span<const std::string_view> openings;
  std::span<const std::string_view> middles;
  std::span<const std::string_view> link_words;
  std::span<const std::string_view> hashtags;
};

namespace words {

inline constexpr std::array<std::string_view, 10> kEnTitles{
    "Morning summary",      "What changed this week", "Notes from the field", "A short reminder",
    "Numbers of the day",   "Questions and answers",  "Before you go",        "From the archive",
    "Weekend reading list", "News in brief"};
inline constexpr std::array<std::string_view, 16> kEnOpenings{
    "Today",        "Yesterday",     "The city",    "Our readers",      "Several people", "The new report",
    "This morning", "In the office", "Nobody",      "The old building", "After lunch",    "A small team",
    "Most of us",   "Every spring",  "The library", "At the station"};
inline constexpr std::array<std::string_view, 72> kEnMiddles{
    "found",  "a",        "quiet",    "place",  "near",    "the",     "river",    "and",    "decided",
    "to",     "open",     "its",      "doors",  "earlier", "than",    "usual",    "with",   "music",
    "from",   "local",    "players",  "who",    "promise", "another", "concert",  "before", "autumn",
    "while",  "traffic",  "stays",    "slow",   "because", "of",      "repairs",  "on",     "bridge",
    "that",   "should",   "end",      "soon",   "if",      "weather", "allows",   "more",   "details",
    "about",  "tickets",  "prices",   "remain", "online",  "for",     "everyone", "under",  "roof",
    "there",  "is",       "coffee",   "bread",  "warm",    "soup",    "books",    "maps",   "training",
    "garden", "children", "teachers", "were",   "happy",   "after",   "long",     "walk",   "home"};
inline constexpr std::array<std::string_view, 4> kEnLinks{"Read more", "The whole story", "See the map", "Photos here"};
inline constexpr std::array<std::string_view, 6> kEnTags{"#news",  "#city",      "#weather",
                                                         "#books", "#transport", "#today"};

inline constexpr std::array<std::string_view, 8> kUkTitles{
    "Головне за ранок", "Що змінилося цього тижня", "Коротке нагадування", "Цифри дня", "Питання та відповіді",
    "З архіву",         "Новини коротко",           "Плани на вихідні"};
inline constexpr std::array<std::string_view, 14> kUkOpenings{
    "Сьогодні", "Учора", "Місто",         "Наші читачі", "Кілька людей",     "Новий звіт", "Цього ранку",
    "В офісі",  "Ніхто", "Стара будівля", "Після обіду", "Невелика команда", "Щовесни",    "Бібліотека"};
inline constexpr std::array<std::string_view, 56> kUkMiddles{
    "знайшли", "тихе",        "місце",     "біля",      "річки",     "та",      "вирішили", "відчинити",
    "двері",   "раніше",      "ніж",       "завжди",    "з",         "музикою", "від",      "місцевих",
    "гуртів",  "які",         "обіцяють",  "ще",        "один",      "концерт", "до",       "осені",
    "поки",    "рух",         "лишається", "повільним", "через",     "ремонт",  "на",       "мості",
    "що",      "закінчиться", "скоро",     "якщо",      "дозволить", "погода",  "більше",   "подробиць",
    "про",     "квитки",      "і",         "ціни",      "для",       "усіх",    "під",      "дахом",
    "є",       "кава",        "хліб",      "книжки",    "мапи",      "вчителі", "діти",     "додому"};
inline constexpr std::array<std::string_view, 3> kUkLinks{"Читати далі", "Уся історія", "Дивитися мапу"};
inline constexpr std::array<std::string_view, 5> kUkTags{"#новини", "#місто", "#погода", "#книжки", "#транспорт"};

inline constexpr std::array<std::string_view, 8> kRuTitles{
    "Главное за утро", "Что изменилось за неделю", "Короткое напоминание", "Цифры дня", "Вопросы и ответы",
    "Из архива",       "Новости коротко",          "Планы на выходные"};
inline constexpr std::array<std::string_view, 14> kRuOpenings{
    "Сегодня", "Вчера", "Город",         "Наши читатели", "Несколько человек", "Новый отчёт",  "Этим утром",
    "В офисе", "Никто", "Старое здание", "После обеда",   "Небольшая команда", "Каждую весну", "Библиотека"};
inline constexpr std::array<std::string_view, 56> kRuMiddles{
    "нашли", "тихое",   "место", "у",          "реки",  "и",        "решили",   "открыть",   "двери",   "раньше",
    "чем",   "обычно",  "с",     "музыкой",    "от",    "местных",  "групп",    "которые",   "обещают", "ещё",
    "один",  "концерт", "до",    "осени",      "пока",  "движение", "остаётся", "медленным", "из-за",   "ремонта",
    "на",    "мосту",   "что",   "закончится", "скоро", "если",     "позволит", "погода",    "больше",  "подробностей",
    "про",   "билеты",  "а",     "цены",       "для",   "всех",     "под",      "крышей",    "есть",    "кофе",
    "хлеб",  "книги",   "карты", "учителя",    "дети",  "домой"};
inline constexpr std::array<std::string_view, 3> kRuLinks{"Читать дальше", "Вся история", "Смотреть карту"};
inline constexpr std::array<std::string_view, 5> kRuTags{"#новости", "#город", "#погода", "#книги", "#транспорт"};

}  // namespace words

inline constexpr std::array<WordSet, 3> kWordSets{
    WordSet{words::kEnTitles, words::kEnOpenings, words::kEnMiddles, words::kEnLinks, words::kEnTags},
    WordSet{words::kUkTitles, words::kUkOpenings, words::kUkMiddles, words::kUkLinks, words::kUkTags},
    WordSet{words::kRuTitles, words::kRuOpenings, words::kRuMiddles, words::kRuLinks, words::kRuTags}};

inline constexpr std::array<std::string_view, 8> kEmoji{"☀️", "🌧", "📚", "🚲", "🚋", "🎵", "👍", "🇺🇦"};

}  // namespace ledgram::sim
