#include "ledgram/telegram/error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace ledgram::telegram {

namespace {

bool is_number(std::string_view part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::int64_t to_number(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() ? value : std::numeric_limits<std::int64_t>::max();
}

/// Errors of code 500 that repeating the call does not mend, or that mean something else to the caller.
constexpr std::array<std::string_view, 9> kNotToBeRepeated = {
    "AUTH_RESTART",                   // the login is to begin anew
    "AUTH_RESTART_X",                 //
    "RANDOM_ID_DUPLICATE",            // the call was run before
    "METHOD_NOT_IMPLEMENTED",         //
    "NOT_IMPLEMENTED",                //
    "UNKNOWN_METHOD",                 //
    "MSG_WAIT_FAILED",                // the call named in invokeAfterMsg failed
    "PERSISTENT_TIMESTAMP_OUTDATED",  // for the update engine to decide
    "SIGN_IN_FAILED",
};

/// Faults of the server that come with the code of a bad request.
constexpr std::array<std::string_view, 4> kServerFaults = {"RPC_CALL_FAIL", "RPC_MCGET_FAIL", "INTERDC_X_CALL_ERROR",
                                                           "INTERDC_X_CALL_RICH_ERROR"};

std::chrono::seconds wait_in(const RpcError& error) {
  // A year is more than any real wait, and still can be added to a clock.
  constexpr std::int64_t kYear = 365 * 24 * 3600;
  return std::chrono::seconds(std::clamp<std::int64_t>(error.number.value_or(1), 1, kYear));
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

RpcError parse_rpc_error(std::int32_t code, std::string_view text, std::string_view method) {
  RpcError error;
  error.code = code;
  error.text = text;
  error.method = method;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('_', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    if (begin > 0)
      error.name += '_';
    if (!error.number && is_number(part)) {
      error.number = to_number(part);
      error.name += 'X';
    } else {
      error.name += part;
    }
    begin = end + 1;
  }
  return error;
}

std::optional<std::chrono::seconds> flood_wait_of(const RpcError& error) {
  if (!error.is("FLOOD_WAIT_X") && !error.is("FLOOD_PREMIUM_WAIT_X") && !error.is("FLOOD_TEST_PHONE_WAIT_X")) {
    return std::nullopt;
  }
  return wait_in(error);
}

std::optional<std::chrono::seconds> stated_wait_of(const RpcError& error) {
  if (error.is("2FA_CONFIRM_WAIT_X") || error.is("SLOWMODE_WAIT_X") || error.is("TAKEOUT_INIT_DELAY_X") ||
      error.is("FLOOD_SKIP_FAILED_WAIT")) {
    return wait_in(error);
  }
  return std::nullopt;
}

bool is_server_fault(const RpcError& error) {
  if (contains(kServerFaults, error.name))
    return true;
  if (contains(kNotToBeRepeated, error.name))
    return false;
  switch (error.code) {
    case 303:
    case 400:
    case 401:
    case 403:
    case 404:
    case 406:
    case 420:
      return false;
    default:
      return true;
  }
}

TelegramError telegram_error(TelegramErrc code, std::string message) {
  TelegramError error;
  error.code = code;
  error.message = std::move(message);
  return error;
}

TelegramFailure failure(TelegramErrc code, std::string message) {
  return TelegramFailure(telegram_error(code, std::move(message)));
}

}  // namespace ledgram::telegram
