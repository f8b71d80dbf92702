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

  /// A reference to a response that many operations have.
  json::object use_response(const std::string& name, json::object response) {
    responses_.try_emplace(name, std::move(response));
    return {{"$ref", "#/components/responses/" + name}};
  }

  json::object take() {
    json::object schemas;
    for (auto& [name, schema] : all_)
      schemas[name] = std::move(schema);
    json::object responses;
    for (auto& [name, response] : responses_)
      responses[name] = std::move(response);
    return {{"schemas", std::move(schemas)}, {"responses", std::move(responses)}};
  }

 private:
  std::map<std::string, json::object> all_;
  std::map<std::string, json::object> responses_;
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

json::object& object_in(json::object& parent, std::string_view name) {
  json::value& value = parent[name];
  return value.is_object() ? value.get_object() : value.emplace_object();
}

/// The problems of one status as a response.
json::object problem_entry(const std::vector<const ProblemKind*>& kinds, const json::object& schema) {
  std::string description;
  json::object examples;
  for (const ProblemKind* kind : kinds) {
    description += fmt::format("{}`{}`: {}", description.empty() ? "" : " ", kind->name, kind->title);
    examples[kind->name] = json::object{{"$ref", fmt::format("#/components/examples/{}", kind->name)}};
  }
  json::object media{{"schema", schema}, {"examples", std::move(examples)}};
  json::object entry{{"description", description},
                     {"content", json::object{{"application/problem+json", std::move(media)}}}};
  const unsigned status = kinds.front()->status;
  if (status == 429 || status == 503) {
    entry["headers"] = json::object{{"Retry-After", json::object{{"description", "Seconds to wait."},
                                                                 {"schema", json::object{{"type", "integer"}}}}}};
  }
  return entry;
}

void add_problems(const Route& route, json::object& responses, Components& components) {
  std::map<unsigned, std::vector<const ProblemKind*>> by_status;
  for (const ProblemCode code : problems_of(route))
    by_status[kind_of(code).status].push_back(&kind_of(code));
  const json::object schema = components.use(problem_schema());
  for (const auto& [status, kinds] : by_status) {
    json::object entry = problem_entry(kinds, schema);
    json::value& known = responses[std::to_string(status)];
    if (known.is_null()) {
      std::string name;
      for (const ProblemKind* kind : kinds)
        name += fmt::format("{}{}", name.empty() ? "" : ".", kind->name);
      known = components.use_response(name, std::move(entry));
      continue;
    }
    // The handler has an answer of that status itself.
    json::object& own = known.as_object();
    own["description"] = fmt::format("{} {}", std::string_view(own["description"].as_string()),
                                     std::string_view(entry["description"].as_string()));
    object_in(own, "content")["application/problem+json"] = entry["content"].as_object()["application/problem+json"];
  }
}

json::object responses_of(const Route& route, Components& components) {
  json::object responses;
  for (const Answer& answer : route.answers) {
    // One status may come in several content types.
    json::object& entry = object_in(responses, std::to_string(answer.status));
    if (!entry.contains("description"))
      entry["description"] = answer.description;
    if (answer.schema) {
      json::object media{{"schema", components.use(*answer.schema)}};
      if (!answer.example.is_null())
        media["example"] = answer.example;
      object_in(entry, "content")[answer.content_type] = std::move(media);
    }
  }
  if (responses.contains("304")) {
    for (const auto* status : {"200", "304"})
      object_in(object_in(responses, status), "headers")["ETag"] =
          json::object{{"description", "For If-None-Match."}, {"schema", json::object{{"type", "string"}}}};
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

/// One for each problem; every operation refers to some of them.
json::object problem_examples() {
  json::object examples;
  for (const ProblemKind& kind : all_problems())
    examples[kind.name] = json::object{{"summary", kind.title}, {"value", problem_example(kind)}};
  return examples;
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
  json::object parts = components.take();
  parts["examples"] = problem_examples();
  parts["securitySchemes"] = std::move(schemes);
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
