#pragma once

/// The full-text index of posts, in a file of its own beside the ledger. It can be deleted whenever nobody uses it: it
/// holds nothing that is not in the ledger (docs/decisions/0045-search-index.md).
///
/// IndexWriter and IndexReader own one SQLite connection each, are synchronous and not thread-safe. There is one writer
/// a file. Both throw Failure<LedgerError> for what the disk does.

#include "ledgram/ledger/post_store.hpp"
#include "ledgram/ledger/sqlite.hpp"
#include "ledgram/search/query.hpp"
#include "ledgram/search/tokenizer.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::search {

/// What is in the index.
struct IndexCounts {
  std::int64_t posts = 0;
  std::int64_t dead = 0;  ///< entries of posts as they were before an edit or a deletion; they take room and time
};

class IndexWriter {
 public:
  /// Makes the file if it is missing, damaged, or of another version of this program.
  explicit IndexWriter(const std::filesystem::path& file);

  /// Where the next PostStore::changes_since() goes on.
  [[nodiscard]] ledger::IndexMark mark();

  /// Stores the changes and their mark in one transaction; nothing of them, with Interrupted, if `stop` becomes true.
  void apply(const ledger::IndexChanges& changes, const std::atomic<bool>& stop);

  /// Empty again, with an empty mark.
  void clear();

  [[nodiscard]] IndexCounts counts();

 private:
  void open();

  std::filesystem::path file_;
  std::optional<ledger::sqlite::Connection> db_;
};

/// What is looked for, where, and which part of it.
struct SearchRequest {
  Query query;
  std::vector<ChannelId> channels;             ///< the only ones that are looked at
  std::optional<ledger::UnixSeconds> since{};  ///< this moment and later
  std::optional<ledger::UnixSeconds> until{};  ///< before this moment
  std::string author{};                        ///< words of a signature, or the number of a sender
  std::optional<std::int64_t> after{};         ///< Hit::place where the page before ended
  std::size_t limit = 50;
};

/// A post that was found. Places fall with the dates of the posts.
struct Hit {
  std::int64_t place = 0;
  ChannelId channel;
  MessageNumber number;

  friend bool operator==(const Hit&, const Hit&) = default;
};

struct HitPage {
  std::vector<Hit> hits;             ///< newest first
  std::optional<std::int64_t> next;  ///< to go on from; a page may be short, even empty, and still have it
};

class IndexReader {
 public:
  /// The file must be there.
  explicit IndexReader(const std::filesystem::path& file);

  /// Throws SearchFailure: NoWords; Stopped at the deadline.
  HitPage find(const SearchRequest& request,
               std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());

  [[nodiscard]] IndexCounts counts();

 private:
  std::string expression(const SearchRequest& request);
  [[nodiscard]] bool are_few_posts(const std::vector<ChannelId>& channels);

  ledger::sqlite::Connection db_;
  Tokenizer tokenizer_;
};

}  // namespace ledgram::search
