#pragma once

/// For the tests of this floor: a model of Telegram's history behind the interface that collecting needs.

#include "ledgram/base/clock.hpp"
#include "ledgram/collect/api_caller.hpp"
#include "ledgram/collect/collector.hpp"
#include "ledgram/tl/api.hpp"
#include "ledgram/tl/codec.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::collect {

/// One channel; answers messages.getHistory by Telegram's rules and lets a test interfere.
class FakeTelegram final : public ApiCaller {
 public:
  explicit FakeTelegram(ChannelId channel) : channel_(channel) {}

  void post(std::int32_t id, std::string text) {
    tl::api::message message;
    message.post = true;
    message.id = id;
    message.peer_id = tl::api::peerChannel{.channel_id = channel_.value()};
    message.date = 1'600'000'000 + id;
    message.message = std::move(text);
    messages_[id] = std::move(message);
  }
  void post_range(std::int32_t first, std::int32_t last) {
    for (std::int32_t id = first; id <= last; ++id)
      post(id, "post " + std::to_string(id));
  }
  void service(std::int32_t id) {
    tl::api::messageService message;
    message.id = id;
    message.peer_id = tl::api::peerChannel{.channel_id = channel_.value()};
    message.date = 1'600'000'000;
    message.action = tl::api::messageActionChannelCreate{.title = "created"};
    messages_[id] = std::move(message);
  }
  void remove(std::int32_t id) { messages_.erase(id); }
  void leave_empty(std::int32_t id) { messages_[id] = tl::api::messageEmpty{.id = id}; }

  /// Called before each answer; may change the channel, throw, or fill in another answer.
  std::function<void(FakeTelegram&, const tl::api::messages_getHistory&, telegram::CallOptions&)> before_answer;

  /// The channel's state, as every page tells it.
  std::int32_t pts = 17;

  /// May change a page that is about to be answered.
  std::function<void(tl::api::messages_channelMessages& page)> edit_page;

  /// Answers the next call with messagesNotModified.
  bool not_modified = false;

  /// What getHistory was asked for, in order.
  std::vector<tl::api::messages_getHistory> requests;

  /// For other methods.
  std::function<Bytes(ByteView method)> other;

  asio::awaitable<Bytes> invoke_raw(Bytes method, telegram::CallOptions options) override {
    auto query = tl::parse<tl::api::messages_getHistory>(method);
    if (!query)
      co_return other(method);
    requests.push_back(*query);
    if (before_answer)
      before_answer(*this, *query, options);
    // As in the program, the answer comes later.
    co_await asio::post(asio::use_awaitable);
    if (std::exchange(not_modified, false)) {
      co_return tl::serialize(tl::api::messages_Messages(tl::api::messages_messagesNotModified{.count = 1}));
    }
    co_return answer(*query);
  }

  /// Messages that a reader of the whole channel sees.
  [[nodiscard]] std::vector<std::int32_t> ids() const {
    std::vector<std::int32_t> result;
    for (const auto& [id, message] : messages_) {
      if (!message.is<tl::api::messageEmpty>())
        result.push_back(id);
    }
    return result;
  }

 private:
  [[nodiscard]] Bytes answer(const tl::api::messages_getHistory& query) const {
    tl::api::messages_channelMessages page;
    page.pts = pts;
    page.count = static_cast<std::int32_t>(messages_.size());
    auto at = query.offset_id == 0 ? messages_.end() : messages_.lower_bound(query.offset_id);
    while (at != messages_.begin() && static_cast<std::int32_t>(page.messages.size()) < query.limit) {
      page.messages.push_back((--at)->second);
    }
    tl::api::channel chat;
    chat.id = channel_.value();
    chat.access_hash = 4711;
    chat.title = "Renamed";
    chat.broadcast = true;
    chat.username = "alpha";
    chat.photo = tl::api::chatPhotoEmpty{};
    page.chats.push_back(std::move(chat));
    if (edit_page)
      edit_page(page);
    return tl::serialize(tl::api::messages_Messages(std::move(page)));
  }

  ChannelId channel_;
  std::map<std::int32_t, tl::api::Message> messages_;
};

/// A clock that a test sets by hand.
class HandClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return now_; }
  void advance(nanoseconds time) { now_ = now_.after(time); }

 private:
  Instant now_{std::chrono::seconds(10), std::chrono::seconds(1'700'000'000)};
};

/// Remembers what it was told.
class RecordingListener final : public ProgressListener {
 public:
  void on_progress(const Progress& progress) override { progresses.push_back(progress); }
  void on_flood_wait(std::string_view name, std::chrono::seconds wait) override {
    flood_waits.emplace_back(std::string(name), wait);
  }

  std::vector<Progress> progresses;
  std::vector<std::pair<std::string, std::chrono::seconds>> flood_waits;
};

}  // namespace ledgram::collect
