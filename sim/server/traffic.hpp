#pragma once

/// Publishes, edits and deletes generated messages at a set rate, evenly in time. One run at a time.
///
/// Sans-IO: the server calls on_timer() when next_deadline() is reached. What on_timer() does is one batch of the
/// state; messages carry the time at which it was called.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/sim_api/service.hpp"
#include "ledgram/sim_content/error.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::sim {

struct TrafficOptions {
  std::vector<std::string> chats;
  double rate = 10;                    ///< messages a second
  double edits = 0;                    ///< so many edits a message, 0 to 1
  double deletes = 0;                  ///< so many deletions a message, 0 to 1
  std::uint64_t seed = 1;              ///< of texts, chats and of what is edited and deleted
  std::optional<std::uint64_t> total;  ///< ends after so many messages; without it when it is stopped
  std::int32_t bytes = 750;            ///< about so long is a text
};

/// Reads the body of `POST /traffic`. BadOption names the field and what was expected.
Result<TrafficOptions, ContentError> parse_traffic(const boost::json::object& request);

class Traffic {
 public:
  /// The service is asked for when the first run starts.
  Traffic() = default;

  /// Begins a run, and counts from zero. NoSuchChat; BadOption while another one runs.
  Result<void, ContentError> start(ApiService& service, TrafficOptions options, Instant now);
  void stop() { running_ = false; }

  /// {"running","published","edited","deleted","rate","seconds"}: of the present run, or of the last one.
  [[nodiscard]] boost::json::object status(Instant now) const;

  /// Monotonic; nothing while no run is on.
  [[nodiscard]] std::optional<nanoseconds> next_deadline() const;
  void on_timer(Instant now);

 private:
  void publish(Instant now);
  void edit(Channel& channel, Instant now);
  void erase(Channel& channel, Instant now);
  [[nodiscard]] std::optional<std::int32_t> recent(const Channel& channel);
  bool happens(double chance);
  std::int64_t next_seed();

  ApiService* service_ = nullptr;
  TrafficOptions options_;
  std::vector<Channel*> chats_;
  SeededRandom random_{0};
  bool running_ = false;
  nanoseconds began_{};
  nanoseconds last_tick_{};
  std::uint64_t published_ = 0;
  std::uint64_t edited_ = 0;
  std::uint64_t deleted_ = 0;
};

}  // namespace ledgram::sim
