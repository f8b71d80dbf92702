#pragma once

/// What a proof or a live bench happens in: a simulator of its own with accounts and channels, its traffic and its
/// truth.

#include "audit.hpp"
#include "control.hpp"
#include "fast_clock.hpp"
#include "process.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::bench {

/// Who joins which channel: drawn from the seed, or so that every account has the same number of channels.
enum class Sharing : std::uint8_t { Drawn, Even };

struct SceneOptions {
  std::filesystem::path programs;  ///< the folder with ledgram and ledgram-sim
  std::filesystem::path folder;    ///< where the simulator keeps its data and its log
  std::uint64_t seed = 1;
  int accounts = 2;
  int channels = 4;
  int polled = 0;    ///< of the channels: those that nobody joins
  int history = 20;  ///< posts that each channel has at the start
  int members = 3;   ///< accounts that join one channel, if there are so many
  Sharing sharing = Sharing::Drawn;
  int clock_speed = 1;  ///< of the clocks of simulator and collector
};

struct SceneChannel {
  std::string name;  ///< username without "@"
  std::int64_t id = 0;
  std::vector<std::size_t> members;  ///< numbers of accounts; empty: nobody joined
  std::size_t follower = 0;          ///< the account that is told to follow it
};

/// What the simulator is to publish by itself, in all channels.
struct TrafficOptions {
  std::int64_t messages = 0;
  double rate = 1000;  ///< messages a second, at most 100,000
  double edits = 0;    ///< edits a message
  double deletes = 0;  ///< deletions a message
  std::uint64_t seed = 1;
};

struct TrafficState {
  bool running = false;
  std::int64_t published = 0;
  std::int64_t edited = 0;
  std::int64_t deleted = 0;
};

/// Accounts are on DC 2, where Telegram's test numbers begin with 999662. The simulator is stopped with the scene.
class Scene {
 public:
  /// Throws std::runtime_error if the simulator does not start.
  explicit Scene(const SceneOptions& options);

  [[nodiscard]] const std::filesystem::path& simulator() const { return simulator_; }
  [[nodiscard]] const std::vector<std::string>& phones() const { return phones_; }
  [[nodiscard]] const std::vector<SceneChannel>& channels() const { return channels_; }
  Control& control() { return *control_; }
  /// The time in which the simulator lives, and who talks to it.
  [[nodiscard]] const FastClock& clock() const { return clock_; }

  /// Nothing may follow this: the accounts join, and what is there is history from now on.
  void join();

  void start_traffic(const TrafficOptions& options);
  [[nodiscard]] TrafficState traffic();

  /// One more message in every channel, by which whoever lost the last ones notices it. How many they were.
  std::int64_t publish_closing_messages();

  /// What the accounts have outside of channels up to now need not be stored.
  void note_private_history();

  /// Everything in the channels as it is now.
  [[nodiscard]] Truth channel_truths();

  /// What an account has outside of channels now; note_private_history() was called.
  [[nodiscard]] PlaceTruth private_truth(const std::string& phone);

  /// A chat that came into being while the collector ran, under its Place.
  [[nodiscard]] std::pair<Place, PlaceTruth> new_chat_truth(const std::string& name);

  /// Connections that the simulator took so far.
  [[nodiscard]] std::int64_t connections_accepted();
  /// Permanent authorization keys that the simulator has, of all accounts and programs.
  [[nodiscard]] std::int64_t permanent_keys();

  /// Calls by method so far.
  [[nodiscard]] std::map<std::string, std::int64_t> calls();

 private:
  FastClock clock_;
  std::filesystem::path simulator_;
  std::vector<std::string> phones_;
  std::vector<SceneChannel> channels_;
  std::map<std::string, std::int32_t> history_;  ///< last number of each channel and of each account at the start
  std::optional<Process> process_;
  std::optional<Control> control_;
};

/// The digits of a phone number, as Place::account has them.
std::int64_t digits_of(const std::string& phone);

}  // namespace ledgram::bench
