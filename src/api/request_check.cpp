#include "ledgram/api/request_check.hpp"

#include "ledgram/http/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>

namespace ledgram::api {
namespace {

/// JSON that is nested deeper is nobody's data.
constexpr std::size_t kDeepest = 32;

ApiFailure with_errors(ProblemCode code, std::string detail, json::array errors) {
  Problem problem{code, std::move(detail)};
  problem.more["errors"] = std::move(errors);
  return ApiFailure(std::move(problem));
}

/// Unknown parameters of the own API are mistakes; callers of the replaced systems send what they always sent.
bool is_strict(const Route& route) {
  return route.path.starts_with("/api/");
}

std::string joined(std::string_view before, std::string_view after) {
  return before.empty() ? std::string(after) : std::string(before) + "," + std::string(after);
}

std::optional<std::string> value_of(const Parameter& parameter, const http::Request& request,
                                    const std::vector<std::pair<std::string, std::string>>& in_path) {
  if (parameter.in == Parameter::In::Path) {
    const auto found = std::ranges::find(in_path, parameter.name, &std::pair<std::string, std::string>::first);
    return found != in_path.end() ? std::optional(found->second) : std::nullopt;
  }
  if (parameter.in == Parameter::In::Header) {
    const auto found = request.headers.get(parameter.name);
    return found ? std::optional(std::string(*found)) : std::nullopt;
  }
  std::optional<std::string> value;
  for (const http::QueryItem& item : request.query) {
    if (item.name != parameter.name)
      continue;
    const bool repeatable = parameter.schema.document().contains("items");
    if (value && !repeatable)
      throw invalid_parameter(parameter.name, "is there more than once");
    value = value ? joined(*value, item.value) : item.value;
  }
  return value;
}

void add_errors(json::array& errors, std::string_view name, const std::vector<Breach>& breaches) {
  for (const Breach& breach : breaches)
    errors.push_back(json::object{{"parameter", name}, {"message", breach.message}});
}

void check_for_unknown(const Route& route, const http::Request& request, json::array& errors) {
  for (const http::QueryItem& item : request.query) {
    const bool known = std::ranges::any_of(route.parameters, [&](const Parameter& parameter) {
      return parameter.in == Parameter::In::Query && parameter.name == item.name;
    });
    if (!known)
      errors.push_back(json::object{{"parameter", item.name}, {"message", "is not known here"}});
  }
}

bool is_json(std::string_view content_type) {
  const std::string_view type = http::trim(content_type.substr(0, content_type.find(';')));
  return http::equal_ignoring_case(type, "application/json");
}

}  // namespace

json::object checked_parameters(const Route& route, const http::Request& request,
                                const std::vector<std::pair<std::string, std::string>>& in_path) {
  json::object values;
  json::array errors;
  for (const Parameter& parameter : route.parameters) {
    const auto text = value_of(parameter, request, in_path);
    if (!text) {
      if (const auto standard = parameter.schema.default_value()) {
        values[parameter.name] = *standard;
      } else if (parameter.presence == Presence::Required) {
        errors.push_back(json::object{{"parameter", parameter.name}, {"message", "is missing"}});
      }
      continue;
    }
    auto value = parameter.schema.parse(*text);
    const std::vector<Breach> breaches =
        value ? parameter.schema.check(*value) : std::vector<Breach>{{"", "is not of the right type"}};
    if (!breaches.empty() && parameter.in == Parameter::In::Path)
      throw not_found("there is no such thing: " + parameter.name + " " + breaches.front().message);
    add_errors(errors, parameter.name, breaches);
    if (breaches.empty())
      values[parameter.name] = std::move(*value);
  }
  if (is_strict(route))
    check_for_unknown(route, request, errors);
  if (errors.empty())
    return values;
  std::string detail;
  for (const json::value& error : errors) {
    if (!detail.empty())
      detail += "; ";
    detail += std::string(error.at("parameter").as_string()) + " " + std::string(error.at("message").as_string());
  }
  throw with_errors(ProblemCode::InvalidParameter, std::move(detail), std::move(errors));
}

json::value checked_body(const Route& route, const http::Request& request) {
  if (!route.body)
    return nullptr;
  if (request.body.empty() && route.body->presence == Presence::Optional)
    return nullptr;
  if (!is_json(request.headers.get("Content-Type").value_or(""))) {
    Problem problem{ProblemCode::UnsupportedMediaType, "send the body as application/json"};
    problem.headers.set("Accept", "application/json");
    throw ApiFailure(std::move(problem));
  }
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kDeepest;
  json::value body = json::parse(request.body, error, {}, options);
  if (error)
    throw ApiFailure(ProblemCode::InvalidBody, "the body is no JSON: " + error.message());
  const std::vector<Breach> breaches = route.body->schema.check(body);
  if (breaches.empty())
    return body;
  json::array errors;
  for (const Breach& breach : breaches)
    errors.push_back(json::object{{"pointer", breach.pointer}, {"message", breach.message}});
  const Breach& first = breaches.front();
  throw with_errors(ProblemCode::InvalidBody,
                    (first.pointer.empty() ? std::string("the body") : first.pointer) + " " + first.message,
                    std::move(errors));
}

void check_accept(const Route& route, const http::Request& request) {
  const std::string accepted = request.headers.joined("Accept");
  bool has_body = false;
  for (const Answer& answer : route.answers) {
    if (!answer.schema && answer.content_type == "application/json")
      continue;
    has_body = true;
    const std::string_view type = std::string_view(answer.content_type).substr(0, answer.content_type.find(';'));
    if (http::accepts(accepted, type))
      return;
  }
  if (has_body)
    throw ApiFailure(ProblemCode::NotAcceptable, "there is only " + route.answers.front().content_type + " here");
}

}  // namespace ledgram::api
