/// What a server can push and answer to the message box: containers and differences as bytes, and small numbered
/// updates that fall into gaps more easily than bytes do. The box must never ask for two differences of one box at a
/// time, never want to be called again at once, and never ask more channels at a time than it may.

#include "ledgram/tl/api.hpp"
#include "ledgram/updates/message_box.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace ledgram;
namespace api = tl::api;

constexpr std::size_t kChannelsAtATime = 3;

class SomeKnown final : public updates::PeerBook {
 public:
  [[nodiscard]] bool knows(updates::PeerRef peer) const override { return peer.id % 4 != 3; }
};

class Run {
 public:
  explicit Run(ByteView input) : left_(input), box_(options(), book_) {
    if (byte() % 4 == 0)
      box_.start(std::nullopt, now_);
    else
      box_.start(updates::CommonState{.pts = Pts(10), .qts = Qts(10), .seq = Seq(10), .date = 1000}, now_);
    for (std::int64_t channel = 1; channel <= 4; ++channel)
      box_.follow({.channel = ChannelId(channel), .pts = Pts(static_cast<std::int32_t>(channel) * 5 - 5)},
                  channel == 4 ? updates::Delivery::Polled : updates::Delivery::Member, now_);
  }

  void all() {
    while (!left_.empty()) {
      one();
      collect();
    }
  }

 private:
  static updates::BoxOptions options() {
    updates::BoxOptions options;
    options.self = UserId(5);
    options.channels_at_a_time = kChannelsAtATime;
    options.max_kept_updates = 8;
    options.max_kept_bytes = 4096;
    return options;
  }

  std::uint8_t byte() {
    if (left_.empty())
      return 0;
    const std::uint8_t value = left_[0];
    left_ = left_.subspan(1);
    return value;
  }

  /// A length and as many words.
  ByteView bytes() {
    const std::size_t wanted = std::size_t{byte()} * 4;
    const std::size_t size = std::min(wanted, left_.size());
    const ByteView taken = left_.first(size);
    left_ = left_.subspan(size);
    return taken;
  }

  api::Message message(std::int64_t channel) {
    api::message value{.id = byte()};
    value.from_id = api::peerUser{.user_id = byte()};
    if (channel == 0)
      value.peer_id = api::peerUser{.user_id = 1};
    else
      value.peer_id = api::peerChannel{.channel_id = channel};
    return value;
  }

  api::Update update() {
    const std::uint8_t kind = byte();
    const std::int64_t channel = kind % 6;
    const std::int32_t pts = byte() % 32;
    const std::int32_t count = byte() % 4;
    switch (kind / 6 % 8) {
      case 0:
        return api::updateNewMessage{.message = message(0), .pts = pts, .pts_count = count};
      case 1:
        return api::updateBotStopped{.user_id = 1, .qts = pts};
      case 2:
        return api::updateChannelTooLong{.channel_id = channel, .pts = pts};
      case 3:
        return api::updateReadChannelInbox{.channel_id = channel, .pts = pts};
      case 4:
        return api::updateDeleteChannelMessages{.channel_id = channel, .pts = pts, .pts_count = count};
      case 5:
        return api::updatePtsChanged{};
      default:
        return api::updateNewChannelMessage{.message = message(channel), .pts = pts, .pts_count = count};
    }
  }

  std::vector<api::Update> several() {
    std::vector<api::Update> all;
    for (std::size_t count = byte() % 5; count > 0; --count)
      all.push_back(update());
    return all;
  }

  api::updates_State state() {
    return api::updates_state{.pts = byte() % 40, .qts = byte() % 40, .date = byte(), .seq = byte() % 40};
  }

  api::updates_Difference difference() {
    switch (byte() % 4) {
      case 0:
        return api::updates_differenceEmpty{.date = byte(), .seq = byte() % 40};
      case 1:
        return api::updates_differenceTooLong{.pts = byte()};
      case 2:
        return api::updates_differenceSlice{.other_updates = several(), .intermediate_state = state()};
      default:
        return api::updates_difference{.other_updates = several(), .state = state()};
    }
  }

  api::updates_ChannelDifference channel_difference() {
    const std::uint8_t kind = byte();
    const bool final = (kind & 4U) != 0;
    const std::int32_t pts = byte() % 40;
    switch (kind % 3) {
      case 0:
        return api::updates_channelDifferenceEmpty{.final = final, .pts = pts, .timeout = byte() % 3};
      case 1:
        return api::updates_channelDifferenceTooLong{.final = final, .dialog = api::dialog{.pts = pts}};
      default:
        return api::updates_channelDifference{.final = final, .pts = pts, .other_updates = several()};
    }
  }

  template <class T>
  T parsed(T otherwise) {
    auto value = tl::parse<T>(bytes());
    return value ? std::move(*value) : std::move(otherwise);
  }

  void answer(bool from_bytes) {
    if (running_.empty())
      return;
    auto place = running_.begin();
    std::advance(place, byte() % running_.size());
    const updates::Request request = place->second;
    running_.erase(place);
    if (std::holds_alternative<updates::AskState>(request.what))
      box_.answer(request.id, from_bytes ? parsed(api::updates_State()) : state(), now_);
    else if (std::holds_alternative<updates::AskDifference>(request.what))
      box_.answer(request.id, from_bytes ? parsed(api::updates_Difference()) : difference(), now_);
    else
      box_.answer(request.id, from_bytes ? parsed(api::updates_ChannelDifference()) : channel_difference(), now_);
  }

  void fail() {
    static constexpr std::string_view kNames[] = {"", "FLOOD_WAIT_X", "PERSISTENT_TIMESTAMP_INVALID",
                                                  "PERSISTENT_TIMESTAMP_OUTDATED", "CHANNEL_PRIVATE"};
    if (running_.empty())
      return;
    const updates::RequestId id = running_.begin()->first;
    running_.erase(running_.begin());
    box_.fail(id, {.name = kNames[byte() % 5], .wait = std::chrono::seconds(byte())}, now_);
  }

  void one() {
    const std::uint8_t choice = byte();
    const ChannelId channel(choice / 16 % 6);
    switch (choice % 16) {
      case 0:
        return box_.take(parsed(api::Updates()), now_);
      case 1:
        return answer(true);
      case 2:
      case 3:
      case 4:
        return answer(false);
      case 5:
        return fail();
      case 6:
        return box_.take_affected(Pts(byte() % 40), byte() % 4, channel, now_);
      case 7:
        return box_.follow({.channel = channel, .pts = Pts(byte() % 40)},
                           byte() % 2 == 0 ? updates::Delivery::Member : updates::Delivery::Polled, now_);
      case 8:
        return box_.unfollow(channel);
      case 9:
        return choice >= 128 ? box_.connection_renewed(now_) : box_.catch_up(channel, now_);
      case 10: {
        const std::int32_t seq = byte() % 40;
        return box_.take(
            api::updatesCombined{.updates = several(), .date = byte(), .seq_start = seq - choice / 16 % 4, .seq = seq},
            now_);
      }
      case 11:
        return box_.take(api::updateShort{.update = update()}, now_);
      case 12:
      case 13: {
        now_ = now_.after(std::chrono::milliseconds(choice >= 128 ? 60'000 : 250));
        return box_.tick(now_);
      }
      default:
        return box_.take(api::updates{.updates = several(), .date = byte()}, now_);
    }
  }

  void collect() {
    while (box_.next_step()) {
    }
    while (auto request = box_.next_request(now_)) {
      running_.emplace(request->id, *request);
      check();
    }
    if (const auto deadline = box_.deadline(); deadline && *deadline <= now_.monotonic)
      std::abort();
  }

  void check() {
    std::size_t common = 0;
    for (const auto& [id, request] : running_) {
      if (const auto* asked = std::get_if<updates::AskChannelDifference>(&request.what); asked == nullptr)
        ++common;
      else if (asked->pts.value() < 1 || asked->limit < 1)
        std::abort();
    }
    if (common > 1 || running_.size() - common > kChannelsAtATime)
      std::abort();
  }

  ByteView left_;
  SomeKnown book_;
  updates::MessageBox box_;
  Instant now_{std::chrono::seconds(1), std::chrono::seconds(1'700'000'000)};
  std::map<updates::RequestId, updates::Request> running_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run(ByteView(data, size)).all();
  return 0;
}
