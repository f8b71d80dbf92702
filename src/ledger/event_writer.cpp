#include "ledgram/ledger/event_writer.hpp"

#include "ledgram/base/iso_time.hpp"
#include "ledgram/base/json_text.hpp"

#include <fmt/format.h>

#include <utility>

namespace ledgram::ledger {
namespace {

void write_channel(JsonText& out, const Channel& channel) {
  out.member("channel_id", channel.id.value());
  out.member_text("channel", channel.username);
}

void write_content(JsonText& out, const Message& message) {
  out.member("id", message.number.value());
  out.member("date", iso8601(message.date));
  if (message.edit_date != 0)
    out.member("edit_date", iso8601(message.edit_date));
  out.member("text", message.text);
  out.member_text("media_kind", message.media_kind);
  out.member("reply_to", message.reply_to);
  // An album's number uses all 64 bits.
  if (message.grouped_id)
    out.member_id("grouped_id", *message.grouped_id);
  out.member_text("action", message.action);
}

void write_via(JsonText& out, Via via) {
  out.member("via", via == Via::Live ? "live" : "history");
}

JsonText channel_message(const Channel& channel, const Message& message, Via via) {
  constexpr std::size_t kUsualFrame = 256;
  JsonText out;
  out.reserve(message.text.size() + kUsualFrame);
  out.begin_object();
  write_channel(out, channel);
  write_content(out, message);
  if (!channel.username.empty())
    out.member("url", fmt::format("https://t.me/{}/{}", channel.username, message.number.value()));
  write_via(out, via);
  return out;
}

void write_peer(JsonText& out, PeerKey peer) {
  out.key("peer");
  out.begin_object();
  out.member("type", name_of(peer.type));
  out.member("id", peer.id);
  out.end_object();
}

std::string private_message(const PrivateMessage& message, Via via) {
  JsonText out;
  out.begin_object();
  write_peer(out, message.peer);
  write_content(out, message.message);
  write_via(out, via);
  out.end_object();
  return out.take();
}

Event channel_event(EventType type, ChannelId channel, std::string data) {
  return {.type = type, .channel = channel, .data = std::move(data)};
}

Event message_event(EventType type, ChannelId channel, MessageNumber number, std::string data) {
  return {.type = type, .channel = channel, .message = number, .data = std::move(data)};
}

Event private_event(EventType type, AccountId account, MessageNumber number, std::string data) {
  return {.type = type, .account = account, .message = number, .data = std::move(data)};
}

}  // namespace

// The ledger has no clock of its own; SQLite's does for what comes from no batch.
EventWriter::EventWriter(sqlite::Connection& db)
    : EventWriter(db, db.number("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)")) {}

void EventWriter::write(const Event& event) {
  auto insert =
      db_.query("INSERT INTO events (at, type, account, channel, message, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  insert->bind(1, event.at != 0 ? event.at : at_);
  insert->bind(2, static_cast<std::int64_t>(event.type));
  if (event.account)
    insert->bind(3, event.account->value());
  if (event.channel)
    insert->bind(4, event.channel->value());
  if (event.message)
    insert->bind(5, std::int64_t{event.message->value()});
  insert->bind(6, std::string_view(event.data));
  insert->run();
  ++count_;
  last_ = db_.last_rowid();
}

void EventWriter::message_new(const Channel& channel, const Message& message, Via via) {
  JsonText out = channel_message(channel, message, via);
  out.end_object();
  write(message_event(EventType::MessageNew, channel.id, message.number, out.take()));
}

void EventWriter::message_edited(const Channel& channel, const Message& message, Via via, Restored restored) {
  JsonText out = channel_message(channel, message, via);
  out.member_flag("restored", restored == Restored::Yes);
  out.end_object();
  write(message_event(EventType::MessageEdited, channel.id, message.number, out.take()));
}

void EventWriter::message_deleted(const Channel& channel, MessageNumber number, DeletionState state) {
  JsonText out;
  out.begin_object();
  write_channel(out, channel);
  out.member("id", number.value());
  out.member_flag("held", state == DeletionState::Held);
  out.end_object();
  write(message_event(EventType::MessageDeleted, channel.id, number, out.take()));
}

void EventWriter::private_new(const PrivateMessage& message, Via via) {
  write(private_event(EventType::MessageNew, message.account, message.message.number, private_message(message, via)));
}

void EventWriter::private_edited(const PrivateMessage& message, Via via) {
  write(
      private_event(EventType::MessageEdited, message.account, message.message.number, private_message(message, via)));
}

void EventWriter::private_deleted(AccountId account, PeerKey peer, MessageNumber number) {
  JsonText out;
  out.begin_object();
  write_peer(out, peer);
  out.member("id", number.value());
  out.end_object();
  write(private_event(EventType::MessageDeleted, account, number, out.take()));
}

void EventWriter::channel_updated(const Channel& channel) {
  JsonText out;
  out.begin_object();
  write_channel(out, channel);
  out.member("title", channel.title);
  out.member("kind", name_of(channel.kind));
  out.member("followed", channel.follow == FollowState::Followed);
  if (channel.account)
    out.member("account_id", channel.account->value());
  out.end_object();
  write(channel_event(EventType::ChannelUpdated, channel.id, out.take()));
}

void EventWriter::hole(EventType type, const Channel& channel, IdRange range) {
  JsonText out;
  out.begin_object();
  write_channel(out, channel);
  out.member("first", range.first);
  out.member("last", range.last);
  out.end_object();
  write(channel_event(type, channel.id, out.take()));
}

void EventWriter::account_state(AccountId account, std::string_view name, AccountState state, std::string_view reason) {
  JsonText out;
  out.begin_object();
  out.member("account", name);
  out.member("state", json_name_of(state));
  out.member_text("reason", reason);
  out.end_object();
  write({.type = EventType::AccountStateChanged, .account = account, .data = out.take()});
}

std::string_view json_name_of(AccountState state) {
  return state == AccountState::Active ? "active" : "needs_login";
}

}  // namespace ledgram::ledger
