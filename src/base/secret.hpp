#pragma once

/// Values that must never reach a log, an error message or a terminal by accident.

#include "ledgram/base/bytes.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace ledgram {

/// Holds a secret and gives it out only through reveal(). There is no stream operator and no formatter, so
/// `fmt::format("{}", secret)` does not compile; secret_test.cpp holds that. The memory is wiped at the end.
template <class Container>
class BasicSecret {
 public:
  BasicSecret() = default;
  explicit BasicSecret(Container value) : value_(std::move(value)) {}
  BasicSecret(const BasicSecret&) = default;
  BasicSecret& operator=(const BasicSecret&) = default;
  BasicSecret(BasicSecret&& other) noexcept : value_(std::exchange(other.value_, {})) {}
  BasicSecret& operator=(BasicSecret&& other) noexcept {
    wipe_value();
    value_ = std::exchange(other.value_, {});
    return *this;
  }
  ~BasicSecret() { wipe_value(); }

  [[nodiscard]] const Container& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  void wipe_value() {
    if (!value_.empty())
      wipe({reinterpret_cast<std::uint8_t*>(value_.data()), value_.size()});
  }

  Container value_;
};

using SecretText = BasicSecret<std::string>;
using SecretBytes = BasicSecret<Bytes>;

}  // namespace ledgram
