#include "ledgram/api/system_routes.hpp"

#include "ledgram/api/answers.hpp"
#include "ledgram/api/openapi.hpp"
#include "ledgram/base/log.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <memory>
#include <string>

namespace ledgram::api {
namespace {

constexpr std::string_view kTag = "system";

Route health_route() {
  Route route;
  route.path = "/healthz";
  route.id = "get_health";
  route.tag = kTag;
  route.summary = "Whether the process answers";
  route.access = kPublic;
  route.answers = {{200, "It does.", Schema::object({{"status", Schema::one_of({"ok"})}}), {{"status", "ok"}}}};
  route.handle = [](Call&) -> asio::awaitable<http::Reply> { co_return json_response({{"status", "ok"}}); };
  return route;
}

constexpr std::chrono::seconds kLedgerPatience{2};

asio::awaitable<bool> ledger_answers(ApiContext& context) {
  auto ask = [](ledger::Ledger& ledger) { return ledger.schema_version(); };
  try {
    co_await context.readers.run(std::move(ask), net::deadline_after(kLedgerPatience));
    co_return true;
  } catch (const collect::LedgerFailure& failure) {
    log::warning("http", "the ledger does not answer: {}", failure.what());
    co_return false;
  }
}

Route ready_route(ApiContext& context) {
  const Schema schema = Schema::object(
      {{"status", Schema::one_of({"ready", "not_ready"})}, {"not_ready", Schema::array(Schema::text())}});
  Route route;
  route.path = "/readyz";
  route.id = "get_readiness";
  route.tag = kTag;
  route.summary = "Whether everything works, and what does not yet";
  route.access = kPublic;
  route.answers = {{200, "Everything works.", schema, {{"status", "ready"}, {"not_ready", json::array{}}}},
                   {503,
                    "Something does not work yet.",
                    schema,
                    {{"status", "not_ready"}, {"not_ready", json::array{"1 of 3 accounts is not connected"}}}}};
  route.handle = [&context](Call&) -> asio::awaitable<http::Reply> {
    json::array missing;
    for (const auto& ask : context.readiness) {
      for (const std::string& what : ask())
        missing.emplace_back(what);
    }
    const bool answers = co_await ledger_answers(context);
    if (!answers)
      missing.emplace_back("the ledger does not answer");
    const bool ready = missing.empty();
    json::object document{{"status", ready ? "ready" : "not_ready"}, {"not_ready", std::move(missing)}};
    co_return json_response(document, ready ? 200 : 503);
  };
  return route;
}

Route version_route(std::string_view version) {
  Route route;
  route.path = "/version";
  route.id = "get_version";
  route.tag = kTag;
  route.summary = "The version of the server";
  route.access = kPublic;
  route.answers = {{200,
                    "The version.",
                    Schema::object({{"name", Schema::one_of({"ledgram"})}, {"version", Schema::text()}}),
                    {{"name", "ledgram"}, {"version", version}}}};
  route.handle = [version = std::string(version)](Call&) -> asio::awaitable<http::Reply> {
    co_return json_response({{"name", "ledgram"}, {"version", version}});
  };
  return route;
}

Route document_route(RouteTable& table, std::string_view version) {
  Route route;
  route.path = "/openapi.json";
  route.id = "get_openapi";
  route.tag = kTag;
  route.summary = "This document";
  route.access = kPublic;
  route.answers = {{200, "OpenAPI 3.1.", Schema::object({}).open(), json::object{{"openapi", "3.1.0"}}},
                   unchanged_answer()};
  const auto text = std::make_shared<std::string>();
  route.handle = [&table, version = std::string(version), text](Call& call) -> asio::awaitable<http::Reply> {
    // The table is complete when the first request comes.
    if (text->empty())
      *text = json::serialize(openapi_document(table, version));
    co_return with_etag(call, json_text_response(*text));
  };
  return route;
}

}  // namespace

void add_system_routes(RouteTable& table, ApiContext& context, std::string_view version) {
  table.add(health_route());
  table.add(ready_route(context));
  table.add(version_route(version));
  table.add(document_route(table, version));
}

}  // namespace ledgram::api
