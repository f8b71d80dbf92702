#pragma once

/// What the endpoints of the control API share: the request taken apart, refusals, and reading its fields.
/// Used inside the control API.

#include "ledgram/sim_content/error.hpp"
#include "ledgram/sim_server/control_api.hpp"
#include "ledgram/sim_server/hub.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ledgram::sim::control {

/// Messages in one /publish, and ids in one /delete.
inline constexpr std::size_t kMaxAtOnce = 10'000;

/// Leaves a handler with an answer for the caller.
struct Refusal {
  int status;
  std::string message;
};

[[noreturn]] void refuse(int status, std::string message);

/// The HTTP status that an error of the content stands for.
int status_of(ContentErrc code);

template <class T>
T value_or_refuse(Result<T, ContentError> result) {
  if (!result)
    refuse(status_of(result.error().code), std::move(result.error().message));
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

/// A request's target taken apart.
struct Target {
  std::string path;
  std::map<std::string, std::string, std::less<>> query;
};

Target parse_target(std::string_view text);

struct Call {
  Hub& hub;
  const ControlChanges& changed;
  const Target& target;
  std::string_view body;
};

/// One line of the list that GET / answers.
struct Endpoint {
  std::string_view method;
  std::string_view path;
  std::string_view what;
  std::string (*handler)(Call&);
};

std::span<const Endpoint> truth_endpoints();
std::span<const Endpoint> chat_endpoints();
std::span<const Endpoint> account_endpoints();
std::span<const Endpoint> login_endpoints();
std::span<const Endpoint> file_endpoints();
std::span<const Endpoint> fault_endpoints();
std::span<const Endpoint> traffic_endpoints();
std::span<const Endpoint> mail_endpoints();

// Each refuses with 400 and the field's name.

boost::json::object parse_body(std::string_view body);

/// Chats may be given by number, so a number is taken as its digits.
std::string text_field(const boost::json::object& body, std::string_view name);
/// Empty if absent.
std::string optional_text(const boost::json::object& body, std::string_view name);

/// A whole number from 1 that fits 32 bits.
std::int32_t to_int32(const boost::json::value& value, std::string_view name);
std::int32_t number_field(const boost::json::object& body, std::string_view name);

/// Reads the member if it is there; a number from 0.
void read_number(const boost::json::object& body, std::string_view name, std::int32_t& into);

/// "ids", or one "id".
std::vector<std::int32_t> ids_field(const boost::json::object& body);

/// A number in the query of the target; refuses what is none.
std::int64_t query_number(const Target& target, std::string_view name);

std::string as_line(boost::json::object object);

/// {"ok":true}
boost::json::object done();

}  // namespace ledgram::sim::control
