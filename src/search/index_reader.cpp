#include "ledgram/search/highlight.hpp"
#include "ledgram/search/index.hpp"
#include "ledgram/search/index_schema.hpp"

#include <fmt/format.h>

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_set>

namespace ledgram::search {

namespace sqlite = ledger::sqlite;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBusyTimeout{5000};

constexpr const char* kConnectionSettings =
    "PRAGMA cache_size = -8192; PRAGMA mmap_size = 4294967296; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF";

/// Entries looked at for one page: where few belong to the channels, a page ends before it is full.
constexpr std::int64_t kMostEntries = 20'000;

/// As many channels at most become part of the expression.
constexpr std::size_t kMostChannelWords = 200;

/// SQLite calls this every so many of its steps.
constexpr int kStepsBetweenLooks = 2'000;

/// Ends the statements of a connection at a moment.
class StopAt {
 public:
  StopAt(sqlite::Connection& db, Clock::time_point deadline) : db_(db), deadline_(deadline) {
    if (deadline_ != Clock::time_point::max())
      sqlite3_progress_handler(db_.native(), kStepsBetweenLooks, &StopAt::has_passed, this);
  }
  StopAt(const StopAt&) = delete;
  StopAt& operator=(const StopAt&) = delete;
  ~StopAt() { sqlite3_progress_handler(db_.native(), 0, nullptr, nullptr); }

  [[nodiscard]] bool passed() const { return Clock::now() >= deadline_; }

 private:
  static int has_passed(void* self) { return static_cast<StopAt*>(self)->passed() ? 1 : 0; }

  sqlite::Connection& db_;
  Clock::time_point deadline_;
};

[[noreturn]] void fail(SearchErrc code, std::string message) {
  throw SearchFailure({code, std::move(message)});
}

}  // namespace

IndexReader::IndexReader(const std::filesystem::path& file) : db_(file, sqlite::Access::ReadOnly, kBusyTimeout) {
  db_.execute(kConnectionSettings);
}

/// Whether so few of all entries are theirs that looking for the channels saves more than it costs.
bool IndexReader::are_few_posts(const std::vector<ChannelId>& channels) {
  if (channels.size() > kMostChannelWords)
    return false;
  std::int64_t theirs = 0;
  for (const ChannelId channel : channels) {
    auto query = db_.query("SELECT posts FROM channel_posts WHERE channel = ?1");
    query->bind(1, channel.value());
    if (query->step())
      theirs += query->integer(0);
  }
  constexpr std::int64_t kFew = 8;
  return theirs * kFew < counts().posts;
}

std::string IndexReader::expression(const SearchRequest& request) {
  Query query = searchable(tokenizer_, request.query);
  for (Phrase& phrase : query)
    phrase.text = same_letters(phrase.text);
  std::string wanted = fts5_expression(query);
  if (wanted.empty()) {
    fail(SearchErrc::NoWords,
         query.empty() ? "the search has no words" : "the search only excludes words; name one that is to be found");
  }
  if (!request.author.empty()) {
    const bool is_number = std::ranges::all_of(request.author, [](char c) { return c >= '0' && c <= '9'; });
    wanted += is_number ? fmt::format(" AND ({{scope}} : {} OR {{author}} : {})", fts5_string("s" + request.author),
                                      fts5_string(request.author))
                        : fmt::format(" AND {{author}} : {}", fts5_string(same_letters(request.author)));
  }
  if (are_few_posts(request.channels)) {
    std::string channels;
    for (const ChannelId channel : request.channels) {
      if (!channels.empty())
        channels += " OR ";
      channels += fts5_string(channel_word(channel));
    }
    wanted += fmt::format(" AND {{scope}} : ({})", channels);
  }
  return wanted;
}

HitPage IndexReader::find(const SearchRequest& request, Clock::time_point deadline) {
  HitPage page;
  const std::unordered_set<ChannelId> channels(request.channels.begin(), request.channels.end());
  const StopAt stop(db_, deadline);
  try {
    const std::string wanted = expression(request);
    if (channels.empty())
      return page;
    auto query = db_.query(
        "SELECT entries.id, entries.channel, entries.number FROM words CROSS JOIN entries ON entries.id = words.rowid "
        "WHERE words MATCH ?1 AND words.rowid >= ?2 AND words.rowid < ?3 ORDER BY words.rowid DESC");
    query->bind(1, std::string_view(wanted));
    query->bind(2, request.since ? first_entry_of(*request.since) : std::int64_t{0});
    constexpr std::int64_t kAboveAll = std::numeric_limits<std::int64_t>::max();
    const std::int64_t before = request.until ? first_entry_of(*request.until) : kAboveAll;
    query->bind(3, std::min(before, request.after.value_or(kAboveAll)));
    std::int64_t entries = 0;
    std::optional<std::int64_t> last;
    while (query->step()) {
      if (page.hits.size() == request.limit || entries == kMostEntries) {
        page.next = last;
        break;
      }
      ++entries;
      last = query->integer(0);
      const ChannelId channel(query->integer(1));
      if (channels.contains(channel))
        page.hits.push_back({*last, channel, MessageNumber(query->integer32(2))});
    }
    return page;
  } catch (const Failure<ledger::LedgerError>&) {
    if (stop.passed())
      fail(SearchErrc::Stopped, "the search took longer than it may; ask for more or longer words, or a shorter time");
    throw;
  }
}

IndexCounts IndexReader::counts() {
  auto query = db_.query("SELECT posts, dead FROM state");
  query->step();
  return {query->integer(0), query->integer(1)};
}

}  // namespace ledgram::search
