#include "ledgram/sim_server/traffic.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

using namespace std::chrono_literals;

/// Waking up more often would cost more than the messages themselves; readers measure milliseconds.
constexpr auto kShortestTick = 2ms;
/// After a pause, as when the process was stopped, the lost time is made up for in steps of this many.
constexpr std::uint64_t kMostAtOnce = 1'000;
/// Edits and deletions are of messages that are at most so many ids old.
constexpr std::uint64_t kRecent = 500;
/// Some of those may be gone already.
constexpr int kTries = 4;
/// One deletion in so many takes several messages at once.
constexpr std::uint64_t kSeveralEvery = 4;
constexpr std::uint64_t kMostDeleted = 5;

constexpr double kMaxRate = 100'000;
/// Room for the line with the time; the longest text of a message.
constexpr std::int64_t kShortestText = 40;
constexpr std::int64_t kLongestText = 4'000;

ContentError bad_option(std::string message) {
  return {ContentErrc::BadOption, std::move(message)};
}

/// Nothing if absent.
Result<std::optional<double>, ContentError> number(const json::object& request, std::string_view name, double least,
                                                   double most) {
  const json::value* value = request.if_contains(name);
  if (value == nullptr)
    return std::nullopt;
  double result = least - 1;
  if (const double* as_double = value->if_double())
    result = *as_double;
  if (const std::int64_t* as_int64 = value->if_int64())
    result = static_cast<double>(*as_int64);
  if (!(result >= least && result <= most))
    return std::unexpected(bad_option(fmt::format("\"{}\" must be a number from {} to {}", name, least, most)));
  return result;
}

}  // namespace

Result<TrafficOptions, ContentError> parse_traffic(const json::object& request) {
  constexpr std::array<std::string_view, 7> kNames{"chats", "rate", "edits", "deletes", "seed", "total", "bytes"};
  TrafficOptions options;
  for (const auto& member : request) {
    if (std::ranges::find(kNames, std::string_view(member.key())) == kNames.end())
      return std::unexpected(bad_option(fmt::format("\"{}\" is not known here", std::string_view(member.key()))));
  }
  const json::value* chats = request.if_contains("chats");
  if (chats == nullptr || !chats->is_array() || chats->get_array().empty())
    return std::unexpected(bad_option("\"chats\" must be a list of chats"));
  for (const json::value& chat : chats->get_array()) {
    if (!chat.is_string())
      return std::unexpected(bad_option("\"chats\" must be a list of chats"));
    options.chats.emplace_back(chat.get_string().data(), chat.get_string().size());
  }
  struct Wanted {
    std::string_view name;
    double least;
    double most;
    void (*set)(TrafficOptions&, double);
  };
  static constexpr std::array kWanted{
      Wanted{"rate", 0.001, kMaxRate, [](TrafficOptions& o, double v) { o.rate = v; }},
      Wanted{"edits", 0, 1, [](TrafficOptions& o, double v) { o.edits = v; }},
      Wanted{"deletes", 0, 1, [](TrafficOptions& o, double v) { o.deletes = v; }},
      Wanted{"seed", 0, 1e15, [](TrafficOptions& o, double v) { o.seed = static_cast<std::uint64_t>(v); }},
      Wanted{"total", 1, 1e12, [](TrafficOptions& o, double v) { o.total = static_cast<std::uint64_t>(v); }},
      Wanted{"bytes", kShortestText, kLongestText,
             [](TrafficOptions& o, double v) { o.bytes = static_cast<std::int32_t>(v); }},
  };
  for (const Wanted& wanted : kWanted) {
    const auto value = number(request, wanted.name, wanted.least, wanted.most);
    if (!value)
      return std::unexpected(value.error());
    if (*value)
      wanted.set(options, **value);
  }
  return options;
}

Result<void, ContentError> Traffic::start(ApiService& service, TrafficOptions options, Instant now) {
  if (running_)
    return std::unexpected(bad_option("traffic is running already; DELETE /traffic stops it"));
  std::vector<Channel*> chats;
  for (const std::string& name : options.chats) {
    const auto chat = service.chat(name);
    if (!chat)
      return std::unexpected(chat.error());
    chats.push_back(*chat);
  }
  service_ = &service;
  random_ = SeededRandom(options.seed);
  options_ = std::move(options);
  chats_ = std::move(chats);
  running_ = true;
  began_ = now.monotonic;
  last_tick_ = now.monotonic;
  published_ = edited_ = deleted_ = 0;
  return {};
}

json::object Traffic::status(Instant now) const {
  const nanoseconds until = running_ ? now.monotonic : last_tick_;
  return {{"running", running_},   {"published", published_},
          {"edited", edited_},     {"deleted", deleted_},
          {"rate", options_.rate}, {"seconds", std::chrono::duration<double>(until - began_).count()}};
}

std::optional<nanoseconds> Traffic::next_deadline() const {
  if (!running_)
    return std::nullopt;
  const auto due = std::chrono::duration<double>(static_cast<double>(published_) / options_.rate);
  return std::max(began_ + std::chrono::ceil<nanoseconds>(due), last_tick_ + kShortestTick);
}

void Traffic::on_timer(Instant now) {
  if (!running_)
    return;
  const double seconds = std::chrono::duration<double>(now.monotonic - began_).count();
  // The first message is due at once.
  auto due = static_cast<std::uint64_t>(std::floor(seconds * options_.rate)) + 1;
  due = std::min({due, published_ + kMostAtOnce, options_.total.value_or(due)});
  last_tick_ = now.monotonic;
  if (due > published_) {
    service_->in_batch([&] {
      while (published_ < due)
        publish(now);
    });
  }
  if (published_ == options_.total)
    running_ = false;
}

void Traffic::publish(Instant now) {
  Channel& channel = *chats_[static_cast<std::size_t>(random_.below(chats_.size()))];
  service_->generate(channel, next_seed(), options_.bytes, now);
  ++published_;
  if (happens(options_.edits))
    edit(channel, now);
  if (happens(options_.deletes))
    erase(channel, now);
}

void Traffic::edit(Channel& channel, Instant now) {
  const auto id = recent(channel);
  if (!id)
    return;
  service_->regenerate(channel, *id, next_seed(), now);
  ++edited_;
}

void Traffic::erase(Channel& channel, Instant now) {
  const std::uint64_t count = random_.below(kSeveralEvery) == 0 ? 2 + random_.below(kMostDeleted - 1) : 1;
  std::vector<std::int32_t> ids;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto id = recent(channel);
    if (id && std::ranges::find(ids, *id) == ids.end())
      ids.push_back(*id);
  }
  if (ids.empty())
    return;
  service_->erase_generated(channel, ids, now);
  deleted_ += ids.size();
}

/// A visible message of the generator among the newest ones, if one is found soon.
std::optional<std::int32_t> Traffic::recent(const Channel& channel) {
  for (int i = 0; i < kTries; ++i) {
    const std::int32_t id = channel.last_id() - static_cast<std::int32_t>(random_.below(kRecent));
    if (channel.find_generated(id) != nullptr)
      return id;
  }
  return std::nullopt;
}

bool Traffic::happens(double chance) {
  // 53 bits are what a double holds.
  return chance > 0 && static_cast<double>(random_.next_u64() >> 11U) * 0x1p-53 < chance;
}

std::int64_t Traffic::next_seed() {
  return static_cast<std::int64_t>(random_.next_u64() >> 2U);
}

}  // namespace ledgram::sim
