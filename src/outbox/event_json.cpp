#include "ledgram/outbox/event_json.hpp"

#include "ledgram/base/iso_time.hpp"
#include "ledgram/base/json_text.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace ledgram::outbox {

std::string event_json(const ledger::Event& event) {
  constexpr std::size_t kUsualFrame = 128;
  JsonText out;
  out.reserve(event.data.size() + kUsualFrame);
  out.begin_object();
  out.member("number", event.number);
  out.member("at", iso8601_millis(event.at));
  out.member("type", ledger::name_of(event.type));
  if (event.account)
    out.member("account_id", event.account->value());
  out.key("data");
  out.raw(event.data);
  out.end_object();
  return out.take();
}

// The ledger has written it, in one form: a key before any text of people, and a time of iso8601().
std::int64_t message_date(std::string_view data) {
  using namespace std::chrono;
  constexpr std::string_view kKey = R"("date":")";
  const std::size_t key = data.find(kKey);
  if (key == std::string_view::npos)
    return 0;
  const std::string_view text = data.substr(key + kKey.size());
  bool complete = true;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    const std::string_view part = text.substr(std::min(at, text.size()), digits);
    const auto parsed = std::from_chars(part.data(), part.data() + part.size(), value);
    complete = complete && part.size() == digits && parsed.ec == std::errc{} && parsed.ptr == part.data() + digits;
    return value;
  };
  const year_month_day day{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  const seconds time = hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2));
  return complete && day.ok() ? (sys_days(day).time_since_epoch() + time).count() : 0;
}

}  // namespace ledgram::outbox
