#include "ledgram/api/post_cursor.hpp"

#include "ledgram/api/answers.hpp"

#include <fmt/format.h>

#include <charconv>

namespace ledgram::api {
namespace {

/// Takes numbers between colons off a text.
class Numbers {
 public:
  explicit Numbers(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  template <class Integer>
  bool take(Integer& value) {
    const auto parsed = std::from_chars(at_, end_, value);
    if (parsed.ec != std::errc{})
      return false;
    at_ = parsed.ptr;
    if (at_ != end_ && *at_ == ':')
      ++at_;
    return true;
  }

  [[nodiscard]] bool at_end() const { return at_ == end_; }

 private:
  const char* at_;
  const char* end_;
};

}  // namespace

std::string cursor_at(const ledger::PostPlace& place) {
  return make_cursor(fmt::format("{}:{}:{}", place.date, place.channel.value(), place.number.value()));
}

std::optional<ledger::PostPlace> place_in_cursor(const Call& call) {
  const auto position = position_of(call);
  if (!position)
    return std::nullopt;
  Numbers numbers(*position);
  std::int64_t date = 0;
  std::int64_t channel = 0;
  std::int32_t number = 0;
  if (!numbers.take(date) || !numbers.take(channel) || !numbers.take(number) || !numbers.at_end())
    throw invalid_parameter("cursor", "it is none of this list");
  return ledger::PostPlace{date, ChannelId(channel), MessageNumber(number)};
}

}  // namespace ledgram::api
