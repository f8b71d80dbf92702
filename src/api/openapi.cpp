#include "ledgram/api/openapi.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace ledgram::api {
namespace {

using enum ProblemCode;

constexpr std::string_view kProblemName = "Problem";

Schema problem_schema() {
  return Schema::named(
      std::string(kProblemName),
      Schema::object({{"type", Schema::text()},
                      {"title", Schema::text()},
                      {"status", Schema::integer().range(400, 599)},
                      {"code", Schema::text().described("Stable; for programs.")},
                      {"detail", Schema::text().described("What happened and what to do; for people.")},
                      {"instance", Schema::text().described("The number of the request, as in X-Request-Id.")},
                      {"requires_auth", Schema::boolean(), Presence::Optional},
                      {"requires_telegram_auth", Schema::boolean(), Presence::Optional},
                      {"retry_after", Schema::integer().described("Seconds."), Presence::Optional},
                      {"errors",
                       Schema::array(Schema::object({{"parameter", Schema::text(), Presence::Optional},
                                                     {"pointer", Schema::text(), Presence::Optional},
                                                     {"message", Schema::text()}})),
                       Presence::Optional},
                      {"telegram_error", Schema::text(), Presence::Optional},
                      {"telegram_code", Schema::integer(), Presence::Optional}})
          .open());
}

json::object problem_example(const ProblemKind& kind) {
  json::object example{{"type", "about:blank"}, {"title", kind.title},  {"status", kind.status},
                       {"code", kind.name},     {"detail", kind.title}, {"instance", "5f0c2a91-17"}};
  if (kind.status == 401)
    example["requires_auth"] = true;
  if (kind.code == TelegramAuthRequired)
    example["requires_telegram_auth"] = true;
  if (kind.status == 429)
    example["retry_after"] = 30;
  return example;
}

/// All components that turn up in the document.
class Components {
 public:
  const json::object& use(const Schema& schema) {
    for (const auto& [name, component] : schema.components())
      all_[name] = component.document();
    return schema.document();
  }

  json::object take() {
    json::object document;
    for (auto& [name, schema] : all_)
      document[name] = std::move(schema);
    return document;
  }

 private:
  std::map<std::string, json::object> all_;
};

std::string_view word_for(Parameter::In in) {
  return in == Parameter::In::Path ? "path" : in == Parameter::In::Query ? "query" : "header";
}

json::array parameters_of(const Route& route, Components& components) {
  json::array list;
  for (const Parameter& parameter : route.parameters) {
    json::object entry{{"name", parameter.name},
                       {"in", word_for(parameter.in)},
                       {"description", parameter.description},
                       {"schema", components.use(parameter.schema)}};
    if (parameter.presence == Presence::Required || parameter.in == Parameter::In::Path)
      entry["required"] = true;
    if (const json::value* type = parameter.schema.document().if_contains("type"); type && *type == "array") {
      entry["style"] = "form";
      entry["explode"] = false;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

void add_problems(const Route& route, json::object& responses, Components& components) {
  std::map<unsigned, std::vector<const ProblemKind*>> by_status;
  for (const ProblemCode code : problems_of(route))
    by_status[kind_of(code).status].push_back(&kind_of(code));
  const json::object schema = components.use(problem_schema());
  for (const auto& [status, kinds] : by_status) {
    std::string description;
    json::object examples;
    for (const ProblemKind* kind : kinds) {
      description += fmt::format("{}`{}`: {}", description.empty() ? "" : " ", kind->name, kind->title);
      examples[kind->name] = json::object{{"value", problem_example(*kind)}};
    }
    json::object entry{{"description", description},
                       {"content", json::object{{"application/problem+json",
                                                 json::object{{"schema", schema}, {"examples", examples}}}}}};
    if (std::ranges::any_of(kinds,
                            [](const ProblemKind* kind) { return kind->status == 429 || kind->status == 503; })) {
      entry["headers"] = json::object{{"Retry-After", json::object{{"description", "Seconds to wait."},
                                                                   {"schema", json::object{{"type", "integer"}}}}}};
    }
    json::value& known = responses[std::to_string(status)];
    if (known.is_null()) {
      known = std::move(entry);
      continue;
    }
    // The handler has an answer of that status itself.
    json::object& own = known.as_object();
    own["description"] = std::string(own["description"].as_string()) + " " + description;
    own["content"].as_object()["application/problem+json"] = entry["content"].as_object()["application/problem+json"];
  }
}

json::object responses_of(const Route& route, Components& components) {
  json::object responses;
  for (const Answer& answer : route.answers) {
    json::object entry{{"description", answer.description}};
    if (answer.schema) {
      json::object media{{"schema", components.use(*answer.schema)}};
      if (!answer.example.is_null())
        media["example"] = answer.example;
      entry["content"] = json::object{{answer.content_type, std::move(media)}};
    }
    responses[std::to_string(answer.status)] = std::move(entry);
  }
  add_problems(route, responses, components);
  return responses;
}

json::array security_of(const Route& route) {
  if (route.access.level == Access::Level::Public)
    return {};
  return {json::object{{"token", json::array{}}}, json::object{{"tokenInQuery", json::array{}}},
          json::object{{"session", json::array{}}}};
}

std::string access_words(const Access& access) {
  switch (access.level) {
    case Access::Level::Public:
      return "Needs no login.";
    case Access::Level::Viewer:
      return fmt::format("For every user; tokens need the scope `{}`.", name_of(access.scope));
    case Access::Level::Member:
      return fmt::format("For members and admins; tokens need the scope `{}`.", name_of(access.scope));
    case Access::Level::Admin:
      return fmt::format("For admins; tokens need the scope `{}`.", name_of(access.scope));
  }
  return {};
}

json::object operation_of(const Route& route, Components& components) {
  json::object operation{
      {"operationId", route.id},
      {"tags", json::array{route.tag}},
      {"summary", route.summary},
      {"description", route.description + (route.description.empty() ? "" : "\n\n") + access_words(route.access)},
      {"security", security_of(route)}};
  if (!route.parameters.empty())
    operation["parameters"] = parameters_of(route, components);
  if (route.body) {
    json::object media{{"schema", components.use(route.body->schema)}, {"example", route.body->example}};
    operation["requestBody"] = json::object{{"required", route.body->presence == Presence::Required},
                                            {"content", json::object{{"application/json", std::move(media)}}}};
  }
  operation["responses"] = responses_of(route, components);
  return operation;
}

std::string word_for(http::Method method) {
  std::string word(name_of(method));
  std::ranges::transform(word, word.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  return word;
}

}  // namespace

std::vector<ProblemCode> problems_of(const Route& route) {
  std::set<ProblemCode> codes(route.problems.begin(), route.problems.end());
  codes.insert({BadRequest, ForeignOrigin, NotAcceptable, TooManyRequests, Internal, Unavailable, DeadlineExceeded});
  if (!route.parameters.empty())
    codes.insert(InvalidParameter);
  if (std::ranges::any_of(route.parameters, [](const Parameter& one) { return one.in == Parameter::In::Path; }))
    codes.insert(NotFound);
  if (route.body)
    codes.insert({InvalidBody, BodyTooLarge, UnsupportedMediaType});
  if (route.access.level != Access::Level::Public) {
    codes.insert({Unauthenticated, InsufficientScope});
    if (route.access.level != Access::Level::Viewer)
      codes.insert(Forbidden);
    if (route.method != http::Method::Get)
      codes.insert(CsrfTokenMissing);
  }
  return {codes.begin(), codes.end()};
}

json::object openapi_document(const RouteTable& table, std::string_view version) {
  Components components;
  json::object paths;
  for (const Route* route : table.routes()) {
    json::object& path =
        paths.contains(route->path) ? paths[route->path].as_object() : paths[route->path].emplace_object();
    path[word_for(route->method)] = operation_of(*route, components);
  }
  json::object schemes{
      {"token",
       json::object{{"type", "http"}, {"scheme", "bearer"}, {"description", "An API token of /api/v1/auth/tokens."}}},
      {"tokenInQuery", json::object{{"type", "apiKey"}, {"in", "query"}, {"name", "token"}}},
      {"session",
       json::object{{"type", "apiKey"},
                    {"in", "cookie"},
                    {"name", "ledgram_session"},
                    {"description", "The cookie of a login. Changes need the header X-CSRF-Token as well."}}}};
  json::object parts{{"schemas", components.take()}, {"securitySchemes", std::move(schemes)}};
  return {{"openapi", "3.1.0"},
          {"info", json::object{{"title", "Ledgram"},
                                {"version", version},
                                {"description", "Telegram accounts, their channels and every message, over HTTP."},
                                {"license", json::object{{"name", "MIT"}, {"identifier", "MIT"}}}}},
          {"servers", json::array{json::object{{"url", "/"}}}},
          {"paths", std::move(paths)},
          {"components", std::move(parts)}};
}

}  // namespace ledgram::api
