#include "ledgram/sim_api/pushes.hpp"

#include "ledgram/sim_api/channel_updates.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/mail_objects.hpp"
#include "ledgram/tl/writer.hpp"

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

std::int32_t unix_seconds(Instant now) {
  return static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(now.unix_time).count());
}

/// Room for the values of one push; what is more comes from the heap.
constexpr std::size_t kPushMemory = 16 * 1024;

/// One event of a channel, written for many viewers: the update itself is the same for nearly all of them and is
/// written once for each layer.
class PushedEvent {
 public:
  PushedEvent(const Core& core, const Channel& channel, const ChannelEvent& event, std::int32_t now)
      : core_(core), channel_(channel), event_(event), now_(now) {
    Post scratch;
    for (const auto id : event.ids) {
      const Post* post = channel.find(id, scratch);
      if (post == nullptr)
        continue;
      if (post->from_user != 0)
        authors_.insert(post->from_user);
      // File hashes are each viewer's own.
      same_for_all_ = same_for_all_ && post->media == nullptr && post->action == nullptr;
    }
  }

  Bytes written_for(const Audience::Listener& to, MinPeers min_peers) {
    json::monotonic_resource resource(memory_.data(), memory_.size());
    const ObjectMaker make(*to.account, core_.hashes, core_.files.settings.home, json::storage_ptr(&resource),
                           min_peers);
    const tl::Schema& schema = *to.schema;
    tl::Writer out;
    out.reserve(2048);
    out.u32(schema.find("updates")->id);
    out.vector_head(1);
    // An author sees `out` on what is his own.
    if (same_for_all_ && !authors_.contains(to.account->id.value())) {
      out.raw(shared_update(schema, make));
    } else {
      out.raw(write_value(schema, channel_update(make, channel_, event_), "Update"));
    }
    const json::array users = make.users_of(channel_, authors_);
    out.vector_head(users.size());
    for (const json::value& user : users)
      out.raw(write_value(schema, user, "User"));
    out.vector_head(1);
    out.raw(write_value(schema, make.channel(channel_), "Chat"));
    out.i32(now_);
    // 0: the order of channel updates is that of their pts, not of a common sequence.
    out.i32(0);
    return out.take();
  }

 private:
  const Bytes& shared_update(const tl::Schema& schema, const ObjectMaker& make) {
    const auto known = std::ranges::find(written_, &schema, [](const auto& entry) { return entry.first; });
    if (known != written_.end())
      return known->second;
    return written_.emplace_back(&schema, write_value(schema, channel_update(make, channel_, event_), "Update")).second;
  }

  const Core& core_;
  const Channel& channel_;
  const ChannelEvent& event_;
  std::int32_t now_;
  std::set<std::int64_t> authors_;
  bool same_for_all_ = true;
  std::vector<std::pair<const tl::Schema*, Bytes>> written_;
  std::array<unsigned char, kPushMemory> memory_;
};

MinPeers min_peers_for(const Core& core, const Account& account) {
  return core.hooks.min_peers ? core.hooks.min_peers(account.phone) : MinPeers::None;
}

}  // namespace

std::optional<Audience::Listener> Audience::listener(const Core& core, const Subscriptions::Session& session) {
  const KeyState* key = core.keys.find(session.key);
  const Account* account = core.accounts.find(session.account);
  const tl::Schema* schema = core.layers.find(session.layer);
  if (key == nullptr || key->account != session.account || account == nullptr || schema == nullptr)
    return std::nullopt;
  return Listener{session, account, schema};
}

std::vector<Audience::Listener> Audience::of(const Core& core, const Channel& channel, nanoseconds now) {
  Members& members = members_[channel.id()];
  const auto sessions_version = core.subscriptions.version() + 1;
  const auto membership_version = core.accounts.membership_version() + 1;
  if (members.sessions_version != sessions_version || members.membership_version != membership_version) {
    members = {sessions_version, membership_version, {}};
    for (const auto& [name, session] : core.subscriptions.all()) {
      const Account* account = core.accounts.find(session.account);
      if (account == nullptr || !account->joined.contains(channel.id()))
        continue;
      if (const auto found = listener(core, session))
        members.listeners.push_back(*found);
    }
  }
  std::vector<Listener> all;
  all.reserve(members.listeners.size());
  for (const Listener& member : members.listeners) {
    // A login may have ended without the session's doing.
    const KeyState* key = core.keys.find(member.session.key);
    if (key != nullptr && key->account == member.session.account)
      all.push_back(member);
  }
  for (const auto& session : core.subscriptions.watching(channel.id(), now)) {
    const auto found = listener(core, session);
    if (found && !found->account->joined.contains(channel.id()))
      all.push_back(*found);
  }
  return all;
}

void push_channel_event(Core& core, const Channel& channel, const ChannelEvent& event, Instant now) {
  const std::vector<Audience::Listener> listeners = core.audience.of(core, channel, now.monotonic);
  if (listeners.empty())
    return;
  PushedEvent pushed(core, channel, event, unix_seconds(now));
  for (const Audience::Listener& to : listeners) {
    if (core.sink.takes(to.session.key, to.session.session))
      core.sink.push(to.session.key, to.session.session, pushed.written_for(to, min_peers_for(core, *to.account)));
  }
}

std::size_t push_to_account(Core& core, const Account& account, const MakeUpdates& updates,
                            std::optional<Subscriptions::Name> except) {
  std::size_t count = 0;
  for (const auto& session : core.subscriptions.of(account.id)) {
    const auto to = Audience::listener(core, session);
    if (!to || session.name() == except)
      continue;
    ++count;
    if (!core.sink.takes(session.key, session.session))
      continue;
    const ObjectMaker make(account, core.hashes, core.files.settings.home, json::storage_ptr(),
                           min_peers_for(core, account));
    core.sink.push(session.key, session.session, write_value(*to->schema, updates(make), "Updates"));
  }
  return count;
}

void push_mail(Core& core, const Delivery& delivery, Instant now, std::optional<Subscriptions::Name> except) {
  const auto updates = [&](const ObjectMaker& make) {
    return MailMaker(core, make).updates(*delivery.event, unix_seconds(now));
  };
  push_to_account(core, *delivery.account, updates, except);
}

json::object channel_changed(const ObjectMaker& make, const Channel& channel, std::int32_t now) {
  auto update = make.object("updateChannel", 1);
  update.emplace("channel_id", channel.id().value());
  json::array updates(make.memory());
  updates.push_back(std::move(update));
  json::array chats(make.memory());
  chats.push_back(make.channel(channel));
  auto out = make.object("updates", 5);
  out.emplace("updates", std::move(updates));
  out.emplace("users", json::array(make.memory()));
  out.emplace("chats", std::move(chats));
  out.emplace("date", now);
  out.emplace("seq", 0);
  return out;
}

}  // namespace ledgram::sim
