#include "many_accounts.hpp"

#include "ledgram/app/data_folder.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/tl/api.hpp"

#include "logins.hpp"

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::bench {
namespace {

namespace api = tl::api;

constexpr std::chrono::seconds kStart{600};

/// What an account's list of dialogs says of one channel.
struct SeenChannel {
  std::int64_t id = 0;
  std::int64_t access_hash = 0;
  std::string username;
  std::string title;
  std::int32_t pts = 0;
  std::int32_t top_message = 0;
};

std::int64_t now_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

template <class Dialogs>
std::vector<SeenChannel> channels_in(const Dialogs& dialogs) {
  std::vector<SeenChannel> seen;
  for (const api::Chat& chat : dialogs.chats) {
    const auto* channel = chat.template as<api::channel>();
    if (channel == nullptr)
      continue;
    SeenChannel found{.id = channel->id,
                      .access_hash = channel->access_hash.value_or(0),
                      .username = channel->username.value_or(""),
                      .title = channel->title};
    for (const api::Dialog& item : dialogs.dialogs) {
      const auto* dialog = item.template as<api::dialog>();
      const auto* peer = dialog == nullptr ? nullptr : dialog->peer.template as<api::peerChannel>();
      if (peer == nullptr || peer->channel_id != channel->id)
        continue;
      found.pts = dialog->pts.value_or(0);
      found.top_message = dialog->top_message;
    }
    seen.push_back(std::move(found));
  }
  return seen;
}

asio::awaitable<std::vector<SeenChannel>> ask_dialogs(telegram::Client& client) {
  api::messages_getDialogs ask;
  ask.offset_peer = api::inputPeerEmpty{};
  ask.limit = 100;
  const api::messages_Dialogs answer = co_await client.invoke(ask);
  if (const auto* slice = answer.as<api::messages_dialogsSlice>())
    co_return channels_in(*slice);
  if (const auto* whole = answer.as<api::messages_dialogs>())
    co_return channels_in(*whole);
  co_return std::vector<SeenChannel>{};
}

/// Who follows which channel, by its name.
using Followers = std::map<std::string, std::size_t, std::less<>>;

void store(ledger::Ledger& ledger, AccountId account, std::size_t place, const std::vector<SeenChannel>& seen,
           const Followers& followers) {
  ledger::Batch batch;
  batch.seen_at = now_seconds();
  for (const SeenChannel& channel : seen) {
    const ledger::PeerKey key{.type = ledger::PeerType::Channel, .id = channel.id};
    batch.peers.push_back({.account = account,
                           .key = key,
                           .access_hash = channel.access_hash,
                           .username = channel.username,
                           .title = channel.title,
                           .source = "dialogs",
                           .updated = batch.seen_at});
    // Only a channel that is followed is in the ledger at all.
    if (followers.at(channel.username) != place)
      continue;
    const ChannelId id(channel.id);
    value_or_throw(ledger.follow_channel({.id = id,
                                          .username = channel.username,
                                          .title = channel.title,
                                          .account = account,
                                          .follow = ledger::FollowState::Followed,
                                          .created = batch.seen_at}));
    batch.channels.push_back({.channel = id,
                              .newest_id = channel.top_message,
                              .pts = channel.pts,
                              .tail_id = channel.top_message,
                              .news_after_if_unset = channel.top_message});
    batch.channel_accounts.push_back(
        {.channel = id, .account = account, .membership = ledger::Membership::Joined, .updated = batch.seen_at});
  }
  value_or_throw(ledger.commit(batch));
}

asio::awaitable<void> add_account(Shard& shard, ledger::Ledger& ledger, std::size_t place, std::string phone,
                                  const Followers& followers) {
  telegram::MemoryKeyStore keys;
  const auto client = shard.client(keys);
  co_await client->start();
  const telegram::SignedIn signed_in = co_await log_in(*client, phone);
  const std::vector<SeenChannel> seen = co_await ask_dialogs(*client);
  const api::updates_getState ask;
  const api::updates_State answer = co_await client->invoke(ask);
  co_await client->close();

  ledger::Account account;
  account.name = phone;
  account.phone = SecretText(phone);
  account.user = signed_in.user;
  account.first_name = signed_in.name;
  account.created = now_seconds();
  const Bytes session = telegram::to_bytes(keys.session().value());
  const AccountId id = value_or_throw(ledger.save_login(account, session));
  store(ledger, id, place, seen, followers);
  const auto* state = answer.as<api::updates_state>();
  ledger::Batch batch;
  batch.update_states.push_back(
      {.account = id, .pts = state->pts, .qts = state->qts, .date = state->date, .seq = state->seq});
  value_or_throw(ledger.commit(batch));
}

/// `data` was made by `ledgram init`.
void fill_ledger(const std::filesystem::path& data, const Scene& scene) {
  Shard shard(scene.simulator());
  app::ExclusiveData store = app::ExclusiveData::open(data, shard.random);
  Followers followers;
  for (const SceneChannel& channel : scene.channels())
    followers[channel.name] = channel.follower;
  shard.run([&]() -> asio::awaitable<void> {
    net::TaskGroup group(shard.loop.get_executor());
    std::size_t next = 0;
    for (std::size_t worker = 0; worker < kLoginsAtOnce; ++worker) {
      group.spawn("log in", [&]() -> asio::awaitable<void> {
        while (next < scene.phones().size()) {
          const std::size_t place = next++;
          co_await add_account(shard, store.ledger, place, scene.phones()[place], followers);
        }
      });
    }
    co_await group.join();
  });
}

}  // namespace

ManyAccounts::ManyAccounts(const ManyAccountsOptions& options)
    : scene_({.programs = options.programs,
              .folder = folder_.path(),
              .seed = options.seed,
              .accounts = options.accounts,
              .channels = options.accounts * options.channels_each / options.shared_by,
              .history = 1,
              .members = options.shared_by,
              .sharing = Sharing::Even}),
      serve_({.programs = options.programs, .folder = folder_.path()}, scene_) {
  scene_.join();
  run({options.programs / "ledgram", "--data", serve_.data(), "init", "--sim", scene_.simulator()});
  fill_ledger(serve_.data(), scene_);
}

void ManyAccounts::start() {
  serve_.start();
  if (!serve_.wait_until_serving(kStart))
    throw std::runtime_error("ledgram serve did not say that it is serving");
}

}  // namespace ledgram::bench
