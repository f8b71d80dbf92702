#include "ledgram/api/answers.hpp"
#include "ledgram/api/chat_parts.hpp"
#include "ledgram/api/schema_check.hpp"
#include "ledgram/api/telegram_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

namespace ledgram::api {

namespace tg = tl::api;

namespace {

using ledger::PeerKey;
using ledger::PeerType;

// --- one chat --------------------------------------------------------------------------------------------------

asio::awaitable<http::Reply> describe(ApiContext& context, Call& call, std::string reference) {
  TelegramCalls calls = co_await calls_of(context, call);
  TelegramCalls::Target target = co_await calls.target(std::move(reference));
  const TelegramCalls::Description description = co_await calls.describe(std::move(target));
  co_return json_response(description.peer);
}

asio::awaitable<http::Reply> get_photo(ApiContext& context, Call& call) {
  TelegramCalls calls = co_await calls_of(context, call);
  const TelegramCalls::Target target = co_await calls.target(call.text("chat"));
  const TelegramCalls::Description description = co_await calls.describe(target);
  if (!description.photo)
    throw not_found("this chat has no photo");
  // Another photo has another number.
  const std::string tag = fmt::format("\"{}\"", description.photo->id);
  if (auto same = unchanged(call, tag))
    co_return std::move(*same);
  TelegramCalls::Photo photo = co_await calls.photo(target, *description.photo);
  http::Response response;
  response.content_type = photo.type;
  response.body = std::move(photo.bytes);
  add_tag(response, tag);
  co_return response;
}

// --- dialogs ---------------------------------------------------------------------------------------------------

/// Where a page of dialogs begins (core.telegram.org/api/offsets).
struct DialogPosition {
  std::int32_t date = 0;
  std::int32_t message = 0;
  std::string chat;
};

DialogPosition dialog_position(const Call& call) {
  DialogPosition position;
  const auto text = position_of(call);
  if (!text)
    return position;
  const char* end = text->data() + text->size();
  auto read = std::from_chars(text->data(), end, position.date);
  if (read.ec == std::errc() && read.ptr != end && *read.ptr == ' ')
    read = std::from_chars(read.ptr + 1, end, position.message);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != ' ')
    throw invalid_parameter("cursor", "is not one of this list");
  position.chat = std::string(read.ptr + 1, end);
  if (!key_named(position.chat))
    throw invalid_parameter("cursor", "is not one of this list");
  return position;
}

/// The parts of messages.Dialogs, whichever form it has.
struct DialogPage {
  std::vector<tg::Dialog> dialogs;
  std::vector<tg::Message> messages;
  std::vector<tg::Chat> chats;
  std::vector<tg::User> users;
  bool more = false;
};

DialogPage page_of(tg::messages_Dialogs answer) {
  DialogPage page;
  if (auto* all = answer.as<tg::messages_dialogs>()) {
    page = {std::move(all->dialogs), std::move(all->messages), std::move(all->chats), std::move(all->users), false};
  } else if (auto* slice = answer.as<tg::messages_dialogsSlice>()) {
    page = {std::move(slice->dialogs), std::move(slice->messages), std::move(slice->chats), std::move(slice->users),
            true};
  }
  return page;
}

asio::awaitable<http::Reply> list_dialogs(ApiContext& context, Call& call) {
  TelegramCalls calls = co_await calls_of(context, call);
  const DialogPosition from = dialog_position(call);
  tg::messages_getDialogs method;
  method.limit = static_cast<std::int32_t>(call.number("limit"));
  method.offset_peer = tg::inputPeerEmpty{};
  if (!from.chat.empty()) {
    const TelegramCalls::Target last = co_await calls.target(from.chat);
    method.exclude_pinned = true;
    method.offset_date = from.date;
    method.offset_id = from.message;
    method.offset_peer = last.input_peer();
  }
  DialogPage page = page_of(co_await calls.ask(std::move(method)));
  co_await calls.remember(page.users, page.chats, "dialogs");
  const std::map<PeerKey, json::object> peers = peers_of(page.users, page.chats);
  std::map<std::pair<PeerKey, std::int64_t>, json::object> messages;
  for (const tg::Message& message : page.messages) {
    auto described = message_json(message);
    const auto chat = described ? key_named(std::string_view(described->at("chat").as_string())) : std::nullopt;
    if (chat)
      messages.emplace(std::pair(*chat, described->at("id").as_int64()), std::move(*described));
  }
  json::array items;
  json::value next = nullptr;
  for (const tg::Dialog& one : page.dialogs) {
    const auto* dialog = one.as<tg::dialog>();
    const auto key = dialog == nullptr ? std::nullopt : key_of(dialog->peer);
    const auto peer = key ? peers.find(*key) : peers.end();
    if (peer == peers.end())
      continue;
    const auto top = messages.find({*key, dialog->top_message});
    json::object item{{"chat", peer->second},
                      {"pinned", dialog->pinned},
                      {"unread", dialog->unread_count},
                      {"last_message", nullptr}};
    if (top != messages.end()) {
      item["last_message"] = top->second;
      const auto date = parse_time(std::string_view(top->second.at("date").as_string()));
      if (page.more && date)
        next = make_cursor(fmt::format("{} {} {}", *date, dialog->top_message, reference_of(*key)));
    }
    items.push_back(std::move(item));
  }
  co_return with_etag(call, json_response(json::object{{"items", std::move(items)}, {"next", std::move(next)}}));
}

// --- names and links -------------------------------------------------------------------------------------------

bool drop_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// What a link leads to: an invitation's hash, or a name.
struct Link {
  std::string invite;
  std::string name;
};

Link parse_link(std::string_view text) {
  Link link;
  if (drop_prefix(text, "tg://")) {
    if (drop_prefix(text, "join?invite="))
      link.invite = text;
    else if (drop_prefix(text, "resolve?domain="))
      link.name = text;
  } else {
    if (!drop_prefix(text, "https://"))
      drop_prefix(text, "http://");
    const bool web =
        drop_prefix(text, "t.me/") || drop_prefix(text, "telegram.me/") || drop_prefix(text, "telegram.dog/");
    if (web && (drop_prefix(text, "+") || drop_prefix(text, "joinchat/")))
      link.invite = text.substr(0, text.find_first_of("/?"));
    else if (web)
      link.name = text.substr(0, text.find_first_of("/?"));
    else
      link.name = text.starts_with('@') ? text.substr(1) : text;
  }
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  const std::string& whole = link.invite.empty() ? link.name : link.invite;
  if (whole.empty() || whole.size() > 64 || !std::ranges::all_of(whole, is_word))
    throw invalid_parameter("link", "is neither a @name nor a link to a chat");
  return link;
}

json::object empty_resolution(std::string_view kind) {
  return {{"kind", kind},       {"chat", nullptr},   {"title", nullptr},         {"about", nullptr},
          {"members", nullptr}, {"joined", nullptr}, {"request_needed", nullptr}};
}

json::object invitation_json(const tg::ChatInvite& answer) {
  json::object found = empty_resolution("invite");
  const tg::Chat* chat = nullptr;
  if (const auto* already = answer.as<tg::chatInviteAlready>()) {
    chat = &already->chat;
    found["joined"] = true;
  } else if (const auto* peek = answer.as<tg::chatInvitePeek>()) {
    chat = &peek->chat;
    found["joined"] = false;
  } else if (const auto* invite = answer.as<tg::chatInvite>()) {
    found["joined"] = false;
    found["title"] = invite->title;
    if (invite->about)
      found["about"] = *invite->about;
    found["members"] = invite->participants_count;
    found["request_needed"] = invite->request_needed;
  }
  auto described = chat != nullptr ? chat_json(*chat) : std::nullopt;
  if (described) {
    found["title"] = described->at("title");
    found["members"] = described->at("members");
    found["chat"] = std::move(*described);
  }
  return found;
}

asio::awaitable<http::Reply> resolve(ApiContext& context, Call& call) {
  const Link link = parse_link(call.text("link"));
  TelegramCalls calls = co_await calls_of(context, call);
  if (link.invite.empty()) {
    TelegramCalls::Target target = co_await calls.target("@" + link.name);
    TelegramCalls::Description description = co_await calls.describe(std::move(target));
    json::object found = empty_resolution("name");
    for (const auto* member : {"title", "about", "members", "joined"})
      found[member] = description.peer.at(member);
    found["chat"] = std::move(description.peer);
    co_return json_response(found);
  }
  tg::messages_checkChatInvite method;
  method.hash = link.invite;
  const tg::ChatInvite answer = co_await calls.ask(std::move(method));
  std::vector<tg::Chat> chats;
  if (const auto* already = answer.as<tg::chatInviteAlready>())
    chats.push_back(already->chat);
  co_await calls.remember({}, chats, "invite");
  co_return json_response(invitation_json(answer));
}

// --- the table -------------------------------------------------------------------------------------------------

void add_one_chat(RouteTable& table, ApiContext& context) {
  Route me = asking_route("/me", "get_telegram_me", "Whom the account is");
  me.answers = {{200, "As Telegram says at this moment.", peer_schema(), peer_example()}};
  me.handle = [&context](Call& call) { return describe(context, call, "me"); };
  table.add(std::move(me));

  Route one = asking_route("/chats/{chat}", "get_chat", "A person, group or channel");
  one.parameters.push_back(chat_parameter());
  one.answers = {{200, "As Telegram says at this moment.", peer_schema(), peer_example()}};
  one.handle = [&context](Call& call) { return describe(context, call, call.text("chat")); };
  table.add(std::move(one));

  Route photo = asking_route("/chats/{chat}/photo", "get_chat_photo", "The photo of a person, group or channel");
  photo.parameters.push_back(chat_parameter());
  for (const auto* type : {"image/jpeg", "image/png", "image/webp", "image/gif"})
    photo.answers.push_back({200, "The large form.", Schema::text(), "", type});
  photo.answers.push_back(unchanged_answer());
  photo.handle = [&context](Call& call) { return get_photo(context, call); };
  table.add(std::move(photo));

  Route resolve_link = asking_route("/resolve", "resolve_link", "What a @name or a link leads to");
  resolve_link.description =
      "Nothing is joined. Names are looked up once a day at most, since Telegram limits that hard.";
  resolve_link.parameters.push_back(query_parameter("link", Schema::text().length(1, 200),
                                                    "`@name`, `https://t.me/name`, `https://t.me/+HASH`.",
                                                    Presence::Required));
  json::object example = empty_resolution("name");
  example["chat"] = peer_example();
  example["title"] = "Book Lantern";
  example["members"] = 1200;
  example["joined"] = true;
  resolve_link.answers = {
      {200, "What it leads to.",
       Schema::named("Resolution",
                     Schema::object({{"kind", Schema::one_of({"name", "invite"})},
                                     {"chat", peer_schema().nullable().described("Null behind an invite link that the "
                                                                                 "account has not followed.")},
                                     {"title", Schema::text().nullable()},
                                     {"about", Schema::text().nullable()},
                                     {"members", Schema::integer().nullable()},
                                     {"joined", Schema::boolean().nullable()},
                                     {"request_needed", Schema::boolean().nullable()}})),
       example}};
  resolve_link.handle = [&context](Call& call) { return resolve(context, call); };
  table.add(std::move(resolve_link));
}

}  // namespace

void add_chat_routes(RouteTable& table, ApiContext& context) {
  add_one_chat(table, context);

  Route dialogs = asking_route("/dialogs", "list_dialogs", "The account's list of chats");
  dialogs.description = "Live from Telegram, the newest first. Bots have none.";
  dialogs.parameters.push_back(limit_parameter(100, 50));
  dialogs.parameters.push_back(cursor_parameter());
  const Schema dialog = Schema::named("Dialog", Schema::object({{"chat", peer_schema()},
                                                                {"pinned", Schema::boolean()},
                                                                {"unread", Schema::integer()},
                                                                {"last_message", live_message_schema().nullable()}}));
  dialogs.answers = {
      {200,
       "A page of them.",
       Schema::object({{"items", Schema::array(dialog)}, {"next", Schema::text().nullable()}}),
       {{"items",
         json::array{json::object{
             {"chat", peer_example()}, {"pinned", false}, {"unread", 2}, {"last_message", live_message_example()}}}},
        {"next", nullptr}}},
      unchanged_answer()};
  dialogs.handle = [&context](Call& call) { return list_dialogs(context, call); };
  table.add(std::move(dialogs));
}

}  // namespace ledgram::api
