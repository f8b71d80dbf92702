#include "ledgram/api/route.hpp"

#include "ledgram/http/text.hpp"

#include <algorithm>
#include <stdexcept>

namespace ledgram::api {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}');
}

std::string_view name_in(std::string_view segment) {
  return segment.substr(1, segment.size() - 2);
}

[[noreturn]] void refuse(const Route& route, const std::string& why) {
  throw std::logic_error("route " + route.id + ": " + why);
}

void check_example(const Route& route, const Schema& schema, const json::value& example, const std::string& of) {
  if (example.is_null())
    refuse(route, of + " has no example");
  const std::vector<Breach> breaches = schema.check(example);
  if (!breaches.empty())
    refuse(route,
           "the example of " + of + " breaks its schema: " + breaches.front().pointer + " " + breaches.front().message);
}

void check(const Route& route, std::span<const std::string_view> segments) {
  if (route.id.empty() || route.tag.empty() || route.summary.empty() || route.answers.empty() || !route.handle)
    refuse(route, "id, tag, summary, answers and handler are needed");
  for (const std::string_view segment : segments) {
    if (!is_parameter(segment))
      continue;
    const auto described = [&](const Parameter& parameter) {
      return parameter.in == Parameter::In::Path && parameter.name == name_in(segment);
    };
    if (std::ranges::none_of(route.parameters, described))
      refuse(route, "the parameter " + std::string(segment) + " is not described");
  }
  if (route.body)
    check_example(route, route.body->schema, route.body->example, "the body");
  for (const Answer& answer : route.answers) {
    if (answer.schema && answer.content_type == "application/json")
      check_example(route, *answer.schema, answer.example, "answer " + std::to_string(answer.status));
  }
}

}  // namespace

/// One segment of paths.
struct RouteTable::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
  std::unique_ptr<Node> variable;
  std::vector<const Route*> routes;
};

RouteTable::RouteTable() : root_(std::make_unique<Node>()) {}
RouteTable::~RouteTable() = default;
RouteTable::RouteTable(RouteTable&&) noexcept = default;
RouteTable& RouteTable::operator=(RouteTable&&) noexcept = default;

void RouteTable::add(Route route) {
  std::vector<std::string_view> segments = http::split(std::string_view(route.path).substr(1), '/');
  if (route.path == "/")
    segments.clear();
  check(route, segments);
  for (const auto& known : routes_) {
    if (known->id == route.id)
      refuse(route, "there is another route of this id");
  }
  Node* node = root_.get();
  for (const std::string_view segment : segments) {
    std::unique_ptr<Node>& next = is_parameter(segment) ? node->variable : node->fixed[std::string(segment)];
    if (!next)
      next = std::make_unique<Node>();
    node = next.get();
  }
  for (const Route* known : node->routes) {
    if (known->method == route.method)
      refuse(route, "there is another route of this method and path");
    // OpenAPI knows a path by its template.
    if (known->path != route.path)
      refuse(route, "its path is written " + known->path + " elsewhere");
  }
  routes_.push_back(std::make_unique<Route>(std::move(route)));
  node->routes.push_back(routes_.back().get());
}

RouteTable::Match RouteTable::find(http::Method method, std::span<const std::string> segments) const {
  Match match;
  const Node* node = root_.get();
  for (const std::string& segment : segments) {
    const auto fixed = node->fixed.find(segment);
    node = fixed != node->fixed.end() ? fixed->second.get() : node->variable.get();
    if (node == nullptr || segment.empty())
      return match;
  }
  const http::Method wanted = method == http::Method::Head ? http::Method::Get : method;
  for (const Route* route : node->routes) {
    match.allowed.push_back(route->method);
    if (route->method == http::Method::Get)
      match.allowed.push_back(http::Method::Head);
    if (route->method == wanted)
      match.route = route;
  }
  if (match.route == nullptr)
    return match;
  const std::vector<std::string_view> names = http::split(std::string_view(match.route->path).substr(1), '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (is_parameter(names[i]))
      match.in_path.emplace_back(name_in(names[i]), segments[i]);
  }
  return match;
}

std::vector<const Route*> RouteTable::routes() const {
  std::vector<const Route*> all;
  for (const auto& route : routes_)
    all.push_back(route.get());
  return all;
}

Parameter path_parameter(std::string name, Schema schema, std::string description) {
  return {std::move(name), Parameter::In::Path, std::move(schema), std::move(description), Presence::Required};
}

Parameter query_parameter(std::string name, Schema schema, std::string description, Presence presence) {
  return {std::move(name), Parameter::In::Query, std::move(schema), std::move(description), presence};
}

Parameter limit_parameter(std::int64_t most, std::int64_t usual) {
  return query_parameter("limit", Schema::integer().range(1, most).with_default(usual), "At most so many items.");
}

Parameter cursor_parameter() {
  return query_parameter("cursor", Schema::text().length(1, 512).pattern("^[A-Za-z0-9_-]+$"),
                         "Where to go on: `next` of the answer before.");
}

Answer unchanged_answer() {
  return {304, "Unchanged: If-None-Match names its ETag."};
}

Schema next_schema() {
  return Schema::text().nullable().described("The `cursor` for what follows; null at the end.");
}

Route new_route(http::Method method, std::string path, std::string id, std::string_view tag, std::string summary,
                Access access) {
  Route route;
  route.method = method;
  route.path = std::move(path);
  route.id = std::move(id);
  route.tag = tag;
  route.summary = std::move(summary);
  route.access = access;
  return route;
}

}  // namespace ledgram::api
