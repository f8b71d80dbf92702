#include "ledgram/api/answers.hpp"
#include "ledgram/api/chat_parts.hpp"
#include "ledgram/api/history_window.hpp"
#include "ledgram/api/telegram_routes.hpp"
#include "ledgram/collect/message_row.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <utility>

/// Messages of a chat, from Telegram, in either direction.

namespace ledgram::api {

namespace tg = tl::api;

namespace {

constexpr std::int64_t kHighest = std::numeric_limits<std::int32_t>::max();

/// The messages of messages.Messages, with who comes with them.
struct MessagePage {
  std::vector<tg::Message> messages;
  std::vector<tg::Chat> chats;
  std::vector<tg::User> users;
};

MessagePage page_of(tg::messages_Messages answer) {
  MessagePage page;
  if (auto* all = answer.as<tg::messages_messages>())
    page = {std::move(all->messages), std::move(all->chats), std::move(all->users)};
  else if (auto* slice = answer.as<tg::messages_messagesSlice>())
    page = {std::move(slice->messages), std::move(slice->chats), std::move(slice->users)};
  else if (auto* channel = answer.as<tg::messages_channelMessages>())
    page = {std::move(channel->messages), std::move(channel->chats), std::move(channel->users)};
  return page;
}

// --- which of them ---------------------------------------------------------------------------------------------

std::string_view direction_of(HistoryOrder order) {
  return order == HistoryOrder::OldestFirst ? "newer" : "older";
}

/// A cursor says its direction, so that it cannot lead the other way.
std::string cursor_behind(HistoryOrder order, std::int32_t number) {
  return make_cursor(fmt::format("{} {}", direction_of(order), number));
}

std::optional<std::int64_t> place_in_cursor(const Call& call, HistoryOrder order) {
  const auto position = position_of(call);
  if (!position)
    return std::nullopt;
  const std::string prefix = fmt::format("{} ", direction_of(order));
  const char* const last = position->data() + position->size();
  std::int64_t number = 0;
  if (position->starts_with(prefix)) {
    const auto [end, error] = std::from_chars(position->data() + prefix.size(), last, number);
    if (error == std::errc() && end == last && number >= 1 && number <= kHighest)
      return number;
  }
  throw invalid_parameter("cursor", "is not one of this list");
}

HistoryRange range_of(const Call& call) {
  HistoryRange range;
  if (call.text("order") == "oldest_first")
    range.order = HistoryOrder::OldestFirst;
  range.after = call.optional_number("after");
  range.before = call.optional_number("before");
  range.since = call.time("since");
  range.until = call.time("until");
  range.place = place_in_cursor(call, range.order);
  if (range.before && range.until)
    throw invalid_parameter("until", "does not go with `before`; name one of them");
  if (range.after && range.since)
    throw invalid_parameter("since", "does not go with `after`; name one of them");
  if (range.after && range.before && *range.after + 1 >= *range.before)
    throw invalid_parameter("after", "leaves no number below `before`");
  if (range.since && range.until && *range.since >= *range.until)
    throw invalid_parameter("since", "leaves no time until `until`");
  return range;
}

std::optional<std::int64_t> date_of(const tg::Message& message) {
  if (const auto* usual = message.as<tg::message>())
    return usual->date;
  if (const auto* service = message.as<tg::messageService>())
    return service->date;
  return std::nullopt;
}

// --- the list --------------------------------------------------------------------------------------------------

asio::awaitable<MessagePage> fetch(TelegramCalls& calls, const TelegramCalls::Target& target, HistoryOffset offset,
                                   std::int32_t limit) {
  tg::messages_getHistory method;
  method.peer = target.input_peer();
  method.offset_id = offset.id;
  method.offset_date = offset.date;
  method.add_offset = offset.add;
  method.limit = limit;
  MessagePage page = page_of(co_await calls.ask(std::move(method)));
  co_await calls.remember(page.users, page.chats, "history");
  co_return page;
}

asio::awaitable<http::Reply> list_messages(ApiContext& context, Call& call) {
  const HistoryRange range = range_of(call);
  const auto limit = static_cast<std::int32_t>(call.number("limit"));
  TelegramCalls calls = co_await calls_of(context, call);
  const TelegramCalls::Target target = co_await calls.target(call.text("chat"));
  MessagePage page;
  if (const auto offset = history_offset(range, limit))
    page = co_await fetch(calls, target, *offset, limit);
  std::vector<HistoryEntry> entries;
  entries.reserve(page.messages.size());
  for (const tg::Message& message : page.messages)
    entries.push_back({collect::number_of(message), date_of(message)});
  const HistoryCut cut = cut_history(range, entries);
  json::array items;
  for (const std::size_t index : cut.items) {
    if (auto described = message_json(page.messages[index]))
      items.push_back(std::move(*described));
  }
  json::array peers;
  for (auto& [key, peer] : peers_of(page.users, page.chats))
    peers.push_back(std::move(peer));
  json::value next = nullptr;
  if (cut.place)
    next = cursor_behind(range.order, *cut.place);
  const json::object answer{{"items", std::move(items)}, {"peers", std::move(peers)}, {"next", std::move(next)}};
  co_return with_etag(call, json_response(answer));
}

}  // namespace

void add_chat_message_routes(RouteTable& table, ApiContext& context) {
  Route route = asking_route("/chats/{chat}/messages", "list_chat_messages", "Messages of a chat, from Telegram");
  route.description =
      "The newest first, or the other way round; from the end of the chat, from a number, or from a moment. Nothing of "
      "them is stored. Pages may be short or even empty; `next` is null at the end.";
  route.parameters.push_back(chat_parameter());
  route.parameters.push_back(query_parameter(
      "order", Schema::one_of({"newest_first", "oldest_first"}).with_default("newest_first"),
      "Where the list begins and which way it goes. The bounds and the order are the same with every cursor of it."));
  route.parameters.push_back(query_parameter("after", Schema::integer().range(0, kHighest), "Higher numbers only."));
  route.parameters.push_back(
      query_parameter("before", Schema::integer().range(1, kHighest + 1), "Lower numbers only."));
  route.parameters.push_back(
      query_parameter("since", Schema::time(), "This moment and later. Not together with `after`."));
  route.parameters.push_back(
      query_parameter("until", Schema::time(), "Before this moment. Not together with `before`."));
  route.parameters.push_back(limit_parameter(100, 50));
  route.parameters.push_back(cursor_parameter());
  route.answers = {
      {200,
       "A page of them.",
       Schema::object({{"items", Schema::array(live_message_schema())},
                       {"peers", Schema::array(peer_schema()).described("Whom the messages name: writers, sources.")},
                       {"next", Schema::text().nullable()}}),
       {{"items", json::array{live_message_example()}}, {"peers", json::array{peer_example()}}, {"next", nullptr}}},
      unchanged_answer()};
  route.handle = [&context](Call& call) { return list_messages(context, call); };
  table.add(std::move(route));
}

}  // namespace ledgram::api
