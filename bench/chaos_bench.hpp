#pragma once

/// `ledgram-bench chaos`: the proof that nothing is lost and nothing stored twice. A simulator publishes, edits and
/// deletes while faults are drawn from a seed and the collector is killed again and again; at the end what is true and
/// what is stored are compared. docs/reliability.md says what is drawn and what is compared.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ledgram::bench {

struct ChaosOptions {
  std::filesystem::path programs;  ///< the folder with ledgram and ledgram-sim
  std::string collector = "ledgram";
  int accounts = 3;
  int channels = 8;
  std::optional<int> polled;  ///< channels that nobody joins; absent: a quarter, none for other collectors than ledgram
  bool private_chats = true;  ///< ledgram only
  std::int64_t messages = 10'000;
  int kills = 10;
  std::optional<int> faults;  ///< absent: one for every 250 messages
  int rate = 1000;            ///< messages a second
  int clock_speed = 1;        ///< how many times as fast time passes for simulator and collector; ledgram only
  std::uint64_t seed = 1;
  bool power_loss = false;        ///< each kill is a power failure that takes a part of the journal; ledgram only
  std::set<std::string> without;  ///< kinds of faults that are not drawn
  int patience = 120;             ///< seconds that it may stand still at the end before it is given up
  bool keep = false;              ///< leave the folder with data and logs
};

struct ChaosResult {
  std::string collector;
  std::uint64_t seed = 0;
  std::int64_t published = 0;
  std::int64_t edited = 0;
  std::int64_t deleted = 0;
  std::int64_t checked = 0;
  std::int64_t lost = 0;
  std::int64_t doubled = 0;
  std::int64_t wrong_version = 0;
  std::int64_t wrong_deletion = 0;
  std::int64_t lost_news = 0;
  std::int64_t doubled_news = 0;
  std::optional<std::int64_t> handed_over_again;  ///< other collectors: what their unique key took
  int kills = 0;
  std::uintmax_t journal_bytes_lost = 0;  ///< by power failures
  std::int64_t reconnects = 0;            ///< connections beyond the first ones
  std::int64_t new_keys = 0;              ///< permanent keys that were made after the first start
  std::map<std::string, int> faults;
  std::string given_up;  ///< the account whose session was opened elsewhere
  double seconds = 0;
  double catch_up_seconds = 0;  ///< from the end of the faults
  double stop_seconds = 0;
  std::filesystem::path folder;       ///< if it was kept
  std::vector<std::string> problems;  ///< besides the counts: it ended by itself, it did not stop as it should
  std::vector<std::string> examples;  ///< of what the comparison found

  [[nodiscard]] bool good() const {
    return lost + doubled + wrong_version + wrong_deletion + lost_news + doubled_news == 0 && problems.empty();
  }
};

/// Throws std::runtime_error if the set-up fails; what the collector does wrong is in the result.
ChaosResult chaos_bench(const ChaosOptions& options);

}  // namespace ledgram::bench
