#include "ledgram/api/answers.hpp"
#include "ledgram/api/auth_routes.hpp"
#include "ledgram/base/iso_time.hpp"
#include "ledgram/ledger/audit.hpp"

#include <boost/json/array.hpp>

#include <utility>

namespace ledgram::api {
namespace {

json::object entry_json(const ledger::AuditEntry& entry) {
  return {{"number", entry.number},
          {"at", iso8601(entry.at)},
          {"user", entry.user ? json::value(entry.user->value()) : json::value(nullptr)},
          {"user_name", entry.user_name},
          {"by", entry.by},
          {"address", entry.address},
          {"action", entry.action},
          {"subject", entry.subject},
          {"status", entry.status},
          {"request", entry.request}};
}

Schema entry_schema() {
  return Schema::named(
      "AuditEntry",
      Schema::object({{"number", Schema::integer()},
                      {"at", Schema::time()},
                      {"user", Schema::integer().nullable().described("Null if nobody was logged in.")},
                      {"user_name", Schema::text()},
                      {"by", Schema::text().described("`cookie`, `token 7`, or nothing.")},
                      {"address", Schema::text()},
                      {"action", Schema::text().described("The operationId of the call, or `token.first_seen`.")},
                      {"subject", Schema::text()},
                      {"status", Schema::integer().described("Of the answer; 0 where there is none.")},
                      {"request", Schema::text()}}));
}

asio::awaitable<http::Reply> list_audit(ApiContext& context, Call& call) {
  const std::int64_t before = number_in_cursor(call).value_or(0);
  const std::int64_t limit = call.number("limit");
  std::optional<OwnerId> user;
  if (const auto number = call.optional_number("user"))
    user = OwnerId(*number);
  auto find = [before, limit, user](ledger::Ledger& ledger) { return ledger.audit().entries(before, limit + 1, user); };
  std::vector<ledger::AuditEntry> entries = co_await context.readers.run(std::move(find), call.deadline());
  json::value next;
  if (entries.size() > static_cast<std::size_t>(limit)) {
    entries.pop_back();
    next = make_cursor(std::to_string(entries.back().number));
  }
  json::array items;
  for (const ledger::AuditEntry& entry : entries)
    items.push_back(entry_json(entry));
  co_return with_etag(call, json_response({{"items", std::move(items)}, {"next", std::move(next)}}));
}

}  // namespace

void add_audit_routes(RouteTable& table, ApiContext& context) {
  ledger::AuditEntry example;
  example.number = 12;
  example.at = 1769862600;
  example.user = OwnerId(1);
  example.user_name = "ann";
  example.by = "cookie";
  example.address = "192.0.2.7";
  example.action = "make_token";
  example.subject = "token 7";
  example.status = 201;
  example.request = "5f0c2a91-17";
  Route list;
  list.path = "/api/v1/audit";
  list.id = "list_audit";
  list.tag = "users";
  list.summary = "Who did what";
  list.description = "Logins, also those that failed, first uses of tokens, and every change; newest first.";
  list.access = kAdminOnly;
  list.parameters = {query_parameter("user", Schema::integer().at_least(1), "Only what this user did."),
                     limit_parameter(), cursor_parameter()};
  list.answers = {{200,
                   "Newest first.",
                   Schema::object({{"items", Schema::array(entry_schema())}, {"next", next_schema()}}),
                   {{"items", json::array{entry_json(example)}}, {"next", nullptr}}},
                  unchanged_answer()};
  list.handle = [&context](Call& call) { return list_audit(context, call); };
  table.add(std::move(list));
}

}  // namespace ledgram::api
