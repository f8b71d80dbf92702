#pragma once

/// What the ledger stores, as plain values. Times are unix seconds; JSON columns hold UTF-8 JSON text, empty for none.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/ledger/id_ranges.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::ledger {

using UnixSeconds = std::int64_t;

enum class AccountKind : std::uint8_t { User, Bot };

/// Stored numbers; stable for ever.
enum class AccountState : std::uint8_t {
  Active = 0,     ///< has a session, as far as we know
  LoggedOut = 1,  ///< Telegram ended the session; people read "needs login"
};

struct Account {
  AccountId id;
  std::string name;  ///< how people call it on the command line; unique
  AccountKind kind{};
  AccountState state{};
  SecretText phone;  ///< international form without "+"; empty for a bot
  UserId user;       ///< Telegram's number of the account itself; 0 if not yet known
  std::string first_name;
  std::string username;
  UnixSeconds created{};
  std::string state_reason;   ///< why it is in its state, for example "AUTH_KEY_UNREGISTERED"; written by AccountNews
  UnixSeconds state_since{};  ///< 0 if the state never changed
};

/// User, basic group and channel numbers overlap: a peer is a type and a number (core.telegram.org/api/peers).
enum class PeerType : std::uint8_t { User, Chat, Channel };

struct PeerKey {
  PeerType type{};
  std::int64_t id{};

  friend auto operator<=>(const PeerKey&, const PeerKey&) = default;
};

/// A `min` object comes without what only a full one has; its hash opens nothing but photos
/// (core.telegram.org/api/min).
enum class PeerCompleteness : std::uint8_t { Full, Min };

/// A peer as one account sees it. Access hashes belong to the account and are useless for any other.
struct Peer {
  AccountId account;
  PeerKey key;
  std::optional<std::int64_t> access_hash;
  PeerCompleteness completeness{};
  std::string username;
  std::string title;   ///< of a user: first and last name
  std::string source;  ///< where it was seen, for example "history" or "resolve"
  UnixSeconds updated{};
};

/// What Telegram said about a username to one account.
struct UsernameAnswer {
  std::string name;             ///< without "@"
  std::optional<PeerKey> peer;  ///< nothing: nobody has the name
  UnixSeconds looked_up{};
};

enum class FollowState : std::uint8_t { NotFollowed, Followed };

/// Stored numbers; stable for ever.
enum class ChannelKind : std::uint8_t { Unknown = 0, Broadcast = 1, Supergroup = 2 };

/// How an account stands to a channel. Stored numbers; stable for ever.
enum class Membership : std::uint8_t {
  NotJoined = 0,  ///< can read it as anybody can; hears of news only by polling
  Joined = 1,
  Lost = 2,  ///< left, was banned, or the channel became private to it
};

/// One account that sees a channel. Several may; the messages are stored once, and Channel::account follows it.
struct ChannelAccount {
  ChannelId channel;
  AccountId account;
  Membership membership{};
  UnixSeconds updated{};
};

/// A channel or supergroup. Its messages are the same whichever account reads them.
struct Channel {
  ChannelId id;
  std::string username;  ///< without "@"; empty if it has none
  std::string title;
  std::optional<AccountId> account;  ///< which account collects it; nothing after that account was removed
  FollowState follow{};
  ChannelKind kind{};
  std::int32_t pts{};  ///< 0 if not known
  /// The highest number that `pts` covers: updates from pts on bring every message above it. Nothing if not known.
  std::optional<std::int32_t> tail_id;
  /// The newest number when the channel was first collected or followed: messages up to it are history and make no
  /// message.new event. Nothing until then.
  std::optional<std::int32_t> news_after;
  std::int32_t newest_id{};     ///< highest message number ever seen; 0 if none
  std::int64_t server_count{};  ///< what Telegram last said; inexact by nature, only for display
  UnixSeconds created{};
  UnixSeconds last_collect{};  ///< 0 if never
};

/// Bits of Message::flags. Our own numbering, stable for ever.
enum class MessageFlag : std::uint32_t {
  Out = 1U << 0U,
  Mentioned = 1U << 1U,
  Silent = 1U << 2U,
  Post = 1U << 3U,
  Pinned = 1U << 4U,
  NoForwards = 1U << 5U,
  EditHidden = 1U << 6U,
  FromScheduled = 1U << 7U,
  InvertMedia = 1U << 8U,
  Service = 1U << 9U,
};

/// A message of a channel. Identity: (channel, number).
struct Message {
  ChannelId channel;
  MessageNumber number;
  UnixSeconds date{};
  UnixSeconds edit_date{};  ///< 0 if never edited
  std::string text;
  std::string entities;               ///< JSON array; the form is in src/collect/README.md
  std::optional<std::int32_t> views;  ///< absent is not zero: service messages and groups have none
  std::optional<std::int32_t> forwards;
  std::optional<PeerKey> from;  ///< absent in channels without signatures
  std::string post_author;
  std::optional<std::int32_t> reply_to;  ///< message number in the same chat
  std::string reply;                     ///< JSON of the whole reply header
  std::string forward;                   ///< JSON of the forward header
  std::string media_kind;                ///< "photo", "video", "webpage"...; empty for none
  std::string media;                     ///< JSON description
  std::optional<std::int64_t> grouped_id;
  std::string action;       ///< service messages: Telegram's constructor name
  std::string action_json;  ///< service messages: the whole action
  std::uint32_t flags{};    ///< of MessageFlag
  std::int32_t layer{};     ///< the API layer that `raw` is written in
  Bytes raw;                ///< the message's TL bytes as received
  std::int32_t as_of{};     ///< the pts that this content is at least as new as; 0 if not known

  [[nodiscard]] bool has(MessageFlag flag) const { return (flags & static_cast<std::uint32_t>(flag)) != 0; }
  void set(MessageFlag flag) { flags |= static_cast<std::uint32_t>(flag); }
};

/// A message of a private chat or a basic group, as one account has it. Identity: (account, number); the number is
/// the account's own, and `message.channel` means nothing here.
struct PrivateMessage {
  AccountId account;
  PeerKey peer;
  Message message;
};

/// Stored numbers; stable for ever.
enum class DeletionState : std::uint8_t {
  Applied = 0,   ///< the message is gone for readers
  Held = 1,      ///< part of a wave: recorded and reported, but the message is still shown
  Rejected = 2,  ///< was held, and somebody decided that the message stays
};

/// That a message was deleted; the message itself may be stored or not.
struct DeletionMark {
  MessageNumber number;
  std::int32_t as_of{};  ///< the channel's pts at which it was gone; 0 if not known
  UnixSeconds at{};      ///< when we learned of it
  DeletionState state{};

  friend bool operator==(const DeletionMark&, const DeletionMark&) = default;
};

/// Where an account's updates stand (core.telegram.org/api/updates). Stored with the effects of the updates.
struct UpdateState {
  AccountId account;
  std::int32_t pts{};
  std::int32_t qts{};
  std::int32_t date{};
  std::int32_t seq{};

  friend bool operator==(const UpdateState&, const UpdateState&) = default;
};

/// How a kind of peer is called in JSON and in logs: "user", "chat", "channel".
std::string_view name_of(PeerType type);

/// What people read: "active", "needs login".
std::string_view name_of(AccountState state);

/// In JSON: "unknown", "broadcast", "supergroup".
std::string_view name_of(ChannelKind kind);

/// In JSON: "not_joined", "joined", "lost".
std::string_view name_of(Membership membership);

}  // namespace ledgram::ledger
