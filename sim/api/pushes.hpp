#pragma once

/// What is pushed to the sessions of accounts when something happens. Used inside the API floor.

#include "ledgram/sim_api/subscriptions.hpp"
#include "ledgram/sim_content/account_store.hpp"
#include "ledgram/sim_content/channel.hpp"
#include "ledgram/sim_content/mail_store.hpp"
#include "ledgram/tl/schema.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace ledgram::sim {

struct Core;
class ObjectMaker;

/// Knows for each channel the sessions of its members, until memberships or sessions change.
class Audience {
 public:
  struct Listener {
    Subscriptions::Session session;
    const Account* account = nullptr;
    const tl::Schema* schema = nullptr;
  };

  /// Members' sessions, and those that watch the channel without being members.
  std::vector<Listener> of(const Core& core, const Channel& channel, nanoseconds now);

  /// Nothing if its login is over or its layer is not spoken any more.
  static std::optional<Listener> listener(const Core& core, const Subscriptions::Session& session);

 private:
  struct Members {
    std::uint64_t sessions_version = 0;
    std::uint64_t membership_version = 0;
    std::vector<Listener> listeners;
  };
  std::map<ChannelId, Members> members_;
};

/// Tells everybody who is to know of an event of a channel.
void push_channel_event(Core& core, const Channel& channel, const ChannelEvent& event, Instant now);

/// Makes an Updates object for one viewer.
using MakeUpdates = std::function<boost::json::object(const ObjectMaker& make)>;

/// Pushes to all sessions of the account but `except`. How many sessions there were.
std::size_t push_to_account(Core& core, const Account& account, const MakeUpdates& updates,
                            std::optional<Subscriptions::Name> except = std::nullopt);

/// Tells the account of an event in its mailbox.
void push_mail(Core& core, const Delivery& delivery, Instant now,
               std::optional<Subscriptions::Name> except = std::nullopt);

/// The Updates object that says that something about the channel is new for the viewer.
boost::json::object channel_changed(const ObjectMaker& make, const Channel& channel, std::int32_t now);

}  // namespace ledgram::sim
