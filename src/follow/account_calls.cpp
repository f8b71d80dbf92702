// AccountFollower: what others ask through the account, and how it stands to Telegram.

#include "ledgram/follow/account_follower.hpp"
#include "ledgram/follow/followed_history.hpp"
#include "ledgram/follow/touched_chats.hpp"
#include "ledgram/net/error.hpp"

#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace ledgram::follow {

namespace {

/// Tells the book and the follower of a collection that somebody asked for.
class AskedCollection final : public collect::ProgressListener {
 public:
  AskedCollection(ProgressBook& book, ChannelId channel, std::function<void()> on_page)
      : book_(book), channel_(channel), on_page_(std::move(on_page)) {
    book_.begin(channel_);
  }
  AskedCollection(const AskedCollection&) = delete;
  AskedCollection& operator=(const AskedCollection&) = delete;
  ~AskedCollection() override { book_.end(channel_, std::move(problem_)); }

  void on_progress(const collect::Progress& progress) override {
    book_.on_page(channel_, progress);
    on_page_();
  }
  void on_flood_wait(std::string_view /*name*/, std::chrono::seconds wait) override {
    book_.on_flood_wait(channel_, wait);
  }

  void end_with(std::string problem) { problem_ = std::move(problem); }

 private:
  ProgressBook& book_;
  ChannelId channel_;
  std::function<void()> on_page_;
  std::string problem_ = "it was broken off";
};

}  // namespace

void AccountFollower::note_link(Link link) {
  if (link_.link == link || link_.link == Link::NeedsLogin)
    return;
  link_.link = link;
  link_.since = share_.clock.now().unix_time;
}

void AccountFollower::on_disconnected(std::string_view why) {
  link_.last_error = why;
  note_link(Link::Connecting);
}

asio::awaitable<Bytes> AccountFollower::invoke(Bytes method, telegram::CallOptions options) {
  try {
    Bytes answer = co_await client_.invoke_raw(std::move(method), std::move(options));
    if (wants_activity())
      note_own_activity(answer);
    co_return answer;
  } catch (const telegram::TelegramFailure& failure) {
    end_if_login_lost(failure.error());
    throw;
  }
}

/// What is done through this connection is answered and not pushed to it.
void AccountFollower::note_own_activity(ByteView answer) {
  if (const auto updates = tl::parse<tl::api::Updates>(answer))
    tell_touched(*updates, hooks_.on_activity);
  else if (tells_of_changes(answer))
    hooks_.on_activity(std::nullopt);
}

asio::awaitable<ledger::Channel> AccountFollower::find_channel(std::string username, telegram::CallOptions options) {
  try {
    co_return co_await share_.names.find_channel(caller_, account_.id, std::move(username), std::move(options));
  } catch (const telegram::TelegramFailure& failure) {
    end_if_login_lost(failure.error());
    throw;
  }
}

asio::awaitable<std::optional<collect::CollectStats>> AccountFollower::collect(ChannelId channel) {
  const auto found = channels_.find(channel);
  if (found == channels_.end())
    co_return std::nullopt;
  ledger::Channel row = found->second.row;
  AskedCollection asked(share_.progress, channel, [this, channel] { on_page(channel); });
  try {
    collect::CollectStats stats = co_await collect_history(caller_, share_.ledger, share_.names, share_.clock,
                                                           std::move(row), options_.collect, asked);
    asked.end_with({});
    co_return stats;
  } catch (const telegram::TelegramFailure& failure) {
    asked.end_with(failure.what());
    end_if_login_lost(failure.error());
    throw;
  } catch (const std::runtime_error& failure) {
    if (!net::is_cancelled(std::current_exception()))
      asked.end_with(failure.what());
    throw;
  }
}

asio::awaitable<std::vector<SecretBytes>> AccountFollower::log_out() {
  co_await client_.log_out();
  std::vector<SecretBytes> tokens = client_.future_auth_tokens();
  end(FollowEnd::Stopped, {});
  co_return tokens;
}

}  // namespace ledgram::follow
