#include "ledgram/api/channel_values.hpp"

#include "ledgram/api/json_values.hpp"
#include "ledgram/base/iso_time.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <numeric>
#include <utility>

namespace ledgram::api {

namespace {

constexpr std::string_view kExampleTime = "2026-01-31T12:30:00Z";

json::value moment_or_null(nanoseconds time) {
  return time_or_null(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

std::int64_t missing_ids(const ledger::ChannelReport& report) {
  return std::accumulate(
      report.holes.begin(), report.holes.end(), std::int64_t{0},
      [](std::int64_t sum, const ledger::IdRange& hole) { return sum + (std::int64_t{hole.last} - hole.first + 1); });
}

ledger::LedgerResult<std::vector<ChannelFacts>> read_facts(ledger::Ledger& ledger,
                                                           const std::vector<ledger::Channel>& channels) {
  std::vector<ChannelFacts> all;
  for (const ledger::Channel& channel : channels) {
    ChannelFacts facts;
    auto report = ledger.report(channel.id);
    if (!report)
      return std::unexpected(report.error());
    facts.report = std::move(*report);
    ledger::PostFilter newest;
    newest.channel = channel.id;
    newest.limit = 1;
    auto posts = ledger.posts(newest);
    if (!posts)
      return std::unexpected(posts.error());
    if (!posts->empty())
      facts.last_activity = posts->front().message.date;
    all.push_back(std::move(facts));
  }
  return all;
}

/// More than this no picture of them shows.
constexpr std::size_t kMostHoles = 200;

json::array holes_json(std::vector<ledger::IdRange> holes) {
  if (holes.size() > kMostHoles) {
    const auto size = [](const ledger::IdRange& hole) { return std::int64_t{hole.last} - hole.first; };
    std::ranges::nth_element(holes, holes.begin() + kMostHoles, std::greater(), size);
    holes.resize(kMostHoles);
    std::ranges::sort(holes, {}, &ledger::IdRange::first);
  }
  json::array array;
  for (const ledger::IdRange& hole : holes)
    array.push_back({{"first", hole.first}, {"last", hole.last}});
  return array;
}

Schema completeness_schema() {
  return Schema::named(
      "Completeness",
      Schema::object(
          {{"complete", Schema::boolean().described("No message up to the newest is missing.")},
           {"newest_id", Schema::integer().nullable().described("The highest message number ever seen.")},
           {"known_ids", Schema::integer().described("Message numbers known to be complete, deleted ones "
                                                     "included.")},
           {"missing_ids", Schema::integer().described("Message numbers not yet known.")},
           {"holes", Schema::array(Schema::object({{"first", Schema::integer()}, {"last", Schema::integer()}}))
                         .described("Where they are; the largest ones if there are more than 200.")},
           {"messages", Schema::integer().described("Stored, service messages and deleted ones included.")},
           {"deleted", Schema::integer().described("Of the stored ones: gone at Telegram.")}}));
}

json::object completeness_json(const ledger::ChannelReport& report) {
  return {{"complete", report.complete()},
          {"newest_id", report.newest_id > 0 ? json::value(report.newest_id) : json::value(nullptr)},
          {"known_ids", report.known_ids},
          {"missing_ids", missing_ids(report)},
          {"holes", holes_json(report.holes)},
          {"messages", report.messages},
          {"deleted", report.deleted}};
}

json::object completeness_example() {
  return {{"complete", true},       {"newest_id", 1053}, {"known_ids", 1053}, {"missing_ids", 0},
          {"holes", json::array{}}, {"messages", 1040},  {"deleted", 4}};
}

}  // namespace

asio::awaitable<std::vector<ChannelFacts>> facts_of(ApiContext& context, std::vector<ledger::Channel> channels,
                                                    net::Deadline deadline) {
  auto read = [channels = std::move(channels)](ledger::Ledger& ledger) { return read_facts(ledger, channels); };
  co_return co_await context.readers.run(std::move(read), deadline);
}

Schema followed_channel_schema() {
  return Schema::named(
      "Channel", Schema::object({{"id", Schema::id()},
                                 {"username", Schema::text().nullable()},
                                 {"title", Schema::text()},
                                 {"kind", Schema::one_of({"unknown", "broadcast", "supergroup"})},
                                 {"account", Schema::integer().nullable().described("Which account follows it now.")},
                                 {"live", Schema::boolean().described("Somebody follows it at this moment.")},
                                 {"collecting", Schema::boolean().described("Its history is being read.")},
                                 {"last_activity", Schema::time().nullable().described("Of the newest post.")},
                                 {"last_collect", Schema::time().nullable().described("When all was read last.")},
                                 {"completeness", completeness_schema()}}));
}

json::object followed_channel_example() {
  return {{"id", "1234567890"},
          {"username", "book_lantern"},
          {"title", "Book Lantern"},
          {"kind", "broadcast"},
          {"account", 6},
          {"live", true},
          {"collecting", false},
          {"last_activity", kExampleTime},
          {"last_collect", kExampleTime},
          {"completeness", completeness_example()}};
}

json::object followed_channel_json(ApiContext& context, const ChannelFacts& facts) {
  const ledger::Channel& channel = facts.report.channel;
  std::optional<AccountId> follower;
  bool collecting = false;
  if (context.telegram != nullptr) {
    follower = context.telegram->service().follower_of(channel.id);
    const auto progress = context.telegram->service().progress(channel.id);
    collecting = progress && progress->running > 0;
  }
  const std::optional<AccountId> account = follower ? follower : channel.account;
  json::object object;
  object["id"] = std::to_string(channel.id.value());
  object["username"] = text_or_null(channel.username);
  object["title"] = channel.title;
  object["kind"] = ledger::name_of(channel.kind);
  object["account"] = account ? json::value(account->value()) : json::value(nullptr);
  object["live"] = follower.has_value();
  object["collecting"] = collecting;
  object["last_activity"] = time_or_null(facts.last_activity);
  object["last_collect"] = time_or_null(channel.last_collect);
  object["completeness"] = completeness_json(facts.report);
  return object;
}

Schema collection_schema() {
  return Schema::named(
      "Collection",
      Schema::object({{"running", Schema::boolean()},
                      {"posts_added", Schema::integer().described("By the collection that runs, or by the last one.")},
                      {"pages", Schema::integer()},
                      {"posts_per_second", Schema::number()},
                      {"total", Schema::integer().nullable().described("What Telegram says the channel has; inexact.")},
                      {"began", Schema::time().nullable()},
                      {"ended", Schema::time().nullable()},
                      {"waiting_until", Schema::time().nullable().described(
                                            "Telegram wants a pause until then; it goes on by itself afterwards.")},
                      {"problem", Schema::text().nullable().described("Why the last one ended early.")},
                      {"completeness", completeness_schema()}}));
}

json::object collection_example() {
  return {{"running", false},
          {"posts_added", 11},
          {"pages", 1},
          {"posts_per_second", 27.5},
          {"total", 1040},
          {"began", kExampleTime},
          {"ended", kExampleTime},
          {"waiting_until", nullptr},
          {"problem", nullptr},
          {"completeness", completeness_example()}};
}

json::object collection_json(const ChannelFacts& facts, const std::optional<follow::CollectionProgress>& given) {
  const follow::CollectionProgress progress = given.value_or(follow::CollectionProgress());
  json::object object;
  object["running"] = progress.running > 0;
  object["posts_added"] = progress.posts_added;
  object["pages"] = progress.pages;
  object["posts_per_second"] = progress.posts_per_second();
  object["total"] = progress.total > 0 ? json::value(progress.total) : json::value(nullptr);
  object["began"] = moment_or_null(progress.began);
  object["ended"] = moment_or_null(progress.ended);
  // The first second in which it goes on.
  object["waiting_until"] = moment_or_null(std::chrono::ceil<std::chrono::seconds>(progress.waits_until));
  object["problem"] = text_or_null(progress.problem);
  object["completeness"] = completeness_json(facts.report);
  return object;
}

}  // namespace ledgram::api
