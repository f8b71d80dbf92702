#pragma once

/// Errors as values and as exceptions.
///
/// Every floor has one error type, an alias of BasicError over its own enumeration of codes. The sans-IO floors
/// return it (`Result<T, E>`); coroutines throw it wrapped in `Failure<E>`, because a `co_await` chain reads better
/// without a check at each step. What only our own mistake can cause is an assertion, never an error.

#include <expected>
#include <stdexcept>
#include <string>
#include <utility>

namespace ledgram {

/// What went wrong, for programs (`code`) and for people (`message`: what was got, what was expected).
///
/// `Code` is an enumeration of one floor, with two functions found by argument-dependent look-up:
/// `constexpr bool is_retryable(Code)` and `constexpr std::string_view name_of(Code)`.
template <class Code>
struct BasicError {
  Code code;
  std::string message;

  /// True if the same call may succeed later without anything being changed by the caller.
  [[nodiscard]] bool retryable() const { return is_retryable(code); }
};

/// An error on its way through coroutines. `what()` is the message for people.
template <class Error>
class Failure : public std::runtime_error {
 public:
  explicit Failure(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}

  [[nodiscard]] const Error& error() const { return error_; }

 private:
  Error error_;
};

template <class T, class Error>
using Result = std::expected<T, Error>;

/// Turns a result into its value or throws Failure; for use at the border between sans-IO code and coroutines.
template <class T, class Error>
T value_or_throw(std::expected<T, Error>&& result) {
  if (!result)
    throw Failure<Error>(std::move(result.error()));
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

}  // namespace ledgram
