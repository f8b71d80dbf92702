#include "ledgram/outbox/event_json.hpp"

#include "ledgram/base/iso_time.hpp"
#include "ledgram/base/json_text.hpp"

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

}  // namespace ledgram::outbox
