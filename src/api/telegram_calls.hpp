#pragma once

/// Questions to Telegram through an account: whom a reference means, what is known of them, their photo. Whoever comes
/// with an answer is remembered in the ledger with its access hash, so that it can be named later. For the inside of
/// this floor. All throw ApiFailure, TelegramFailure, CollectFailure, FollowFailure, LedgerFailure.

#include "ledgram/api/account_access.hpp"
#include "ledgram/api/peer_values.hpp"
#include "ledgram/tl/api.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ledgram::api {

class TelegramCalls {
 public:
  TelegramCalls(ApiContext& context, AccountId account, telegram::CallOptions options)
      : context_(context), account_(account), options_(std::move(options)), caller_(gate_of(context), account) {}

  template <class Method>
  asio::awaitable<typename Method::Result> ask(Method method) {
    telegram::CallOptions options = options_;
    co_return co_await caller_.invoke(std::move(method), std::move(options));
  }

  /// Somebody as calls name them; `me` has no key.
  struct Target {
    std::optional<ledger::PeerKey> key;
    std::int64_t access_hash{};

    [[nodiscard]] tl::api::InputPeer input_peer() const;
    [[nodiscard]] tl::api::InputUser input_user() const;
    [[nodiscard]] tl::api::InputChannel input_channel() const;
  };

  /// Of "me", "@name" or "user:123". A name is looked up at most once a day; NotFound for nobody, and for a number that
  /// the account has not met.
  asio::awaitable<Target> target(std::string reference);

  /// All that Telegram tells of them at once.
  struct Description {
    json::object peer;
    std::optional<PhotoPlace> photo;
  };
  asio::awaitable<Description> describe(Target target);

  /// The bytes and the media type of a photo, large form.
  struct Photo {
    std::string bytes;
    std::string type;
  };
  asio::awaitable<Photo> photo(Target target, PhotoPlace place);

  /// Keeps them for later questions.
  asio::awaitable<void> remember(const std::vector<tl::api::User>& users, const std::vector<tl::api::Chat>& chats,
                                 std::string source);

 private:
  asio::awaitable<Target> target_by_name(std::string name);
  asio::awaitable<Target> target_by_key(ledger::PeerKey key);
  asio::awaitable<Description> describe_user(Target target);
  asio::awaitable<Description> describe_chat(Target target);

  ApiContext& context_;
  AccountId account_;
  telegram::CallOptions options_;
  GateCaller caller_;
};

}  // namespace ledgram::api
