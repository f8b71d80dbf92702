#include "ledgram/api/answers.hpp"
#include "ledgram/api/reading_routes.hpp"
#include "ledgram/api/visible_channels.hpp"
#include "ledgram/base/iso_time.hpp"
#include "ledgram/ledger/post_store.hpp"

#include <boost/json/array.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// How much is written in a channel, day by day.

namespace ledgram::api {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kDay = 86'400;

/// A leap year: a chart of more days shows none of them.
constexpr std::int64_t kMostDays = 366;
constexpr std::int64_t kUsualDays = 30;

/// Clocks are between 12 hours behind UTC and 14 hours ahead of it.
constexpr std::int64_t kFarthestBehind = -12 * 60;
constexpr std::int64_t kFarthestAhead = 14 * 60;

/// Days of a clock that is `offset` seconds ahead of UTC.
struct Days {
  ledger::DayRange range;
  std::int64_t offset = 0;

  /// "2026-01-31"
  [[nodiscard]] std::string name(std::size_t day) const {
    constexpr std::size_t kDateLength = 10;
    return iso8601(range.begin + static_cast<std::int64_t>(day) * kDay + offset).substr(0, kDateLength);
  }
};

/// The last one is the day of `until`, else that of `now`.
Days days_of(const Call& call, ledger::UnixSeconds now) {
  // So that every day has a name of four, two and two digits, and nobody counts days that have not come.
  constexpr ledger::UnixSeconds kEarliest = 2 * kMostDays * kDay;
  const ledger::UnixSeconds until = call.time("until").value_or(now);
  if (until < kEarliest || until > now + kDay)
    throw invalid_parameter("until", "is before 1972 or in the future");
  Days days;
  days.offset = call.number("offset") * kMinute;
  days.range.days = call.number("days");
  const std::int64_t into_day = (until + days.offset) % kDay;
  days.range.begin = until - into_day - (days.range.days - 1) * kDay;
  return days;
}

json::object activity_json(const Days& days, const std::vector<std::int64_t>& counts) {
  json::array items;
  for (std::size_t day = 0; day < counts.size(); ++day)
    items.push_back({{"day", days.name(day)}, {"messages", counts[day]}});
  return {{"days", std::move(items)}};
}

}  // namespace

void add_activity_routes(RouteTable& table, ApiContext& context) {
  Route route = new_route(http::Method::Get, "/api/v1/channels/{channel}/activity", "get_channel_activity", "posts",
                          "How many messages were written each day");
  route.description =
      "Of the stored messages, by their dates; service messages and deleted ones count. Days without messages are "
      "there "
      "with 0.";
  route.parameters = {
      path_parameter("channel", Schema::id(), "Telegram's number of the channel."),
      query_parameter("days", Schema::integer().range(1, kMostDays).with_default(kUsualDays), "How many days."),
      query_parameter("until", Schema::time(), "A moment of the last day; now if it is left out."),
      query_parameter("offset", Schema::integer().range(kFarthestBehind, kFarthestAhead).with_default(0),
                      "By how many minutes the clock whose days are meant is ahead of UTC."),
  };
  const Schema day = Schema::object({{"day", Schema::text().format("date")}, {"messages", Schema::integer()}});
  route.answers = {{200,
                    "One entry a day, the oldest first.",
                    Schema::named("Activity", Schema::object({{"days", Schema::array(day)}})),
                    {{"days", json::array{json::object{{"day", "2026-01-30"}, {"messages", 0}},
                                          json::object{{"day", "2026-01-31"}, {"messages", 17}}}}}},
                   unchanged_answer()};
  route.problems = {ProblemCode::NotFound};
  route.handle = [&context](Call& call) -> asio::awaitable<http::Reply> {
    using Counts = std::optional<std::vector<std::int64_t>>;
    const Days days = days_of(call, context.now());
    auto read = [range = days.range, channel = ChannelId(call.id("channel")),
                 user = call.caller().sees()](ledger::Ledger& ledger) -> ledger::LedgerResult<Counts> {
      const auto may = may_see(ledger, user, channel);
      if (!may)
        return std::unexpected(may.error());
      if (!*may)
        return Counts();
      auto counts = ledger.post_store().messages_a_day(channel, range);
      if (!counts)
        return std::unexpected(std::move(counts.error()));
      return Counts(std::move(*counts));
    };
    const Counts counts = co_await context.readers.run(std::move(read), call.deadline());
    if (!counts)
      throw not_found("you follow no such channel");
    co_return with_etag(call, json_response(activity_json(days, *counts)));
  };
  table.add(std::move(route));
}

}  // namespace ledgram::api
