#include "ledgram/outbox/activity.hpp"

#include "ledgram/base/json_text.hpp"

#include <fmt/format.h>

namespace ledgram::outbox {

std::string activity_json(const Activity& what) {
  JsonText out;
  out.begin_object();
  out.member("type", kActivityType);
  out.member("account_id", what.account.value());
  out.key("data");
  out.begin_object();
  if (what.chat)
    out.member("chat", fmt::format("{}:{}", ledger::name_of(what.chat->type), what.chat->id));
  out.end_object();
  out.end_object();
  return out.take();
}

void ActivityGather::note(Activity what, nanoseconds now) {
  // Who has just heard of all chats of an account, or hears of them next, need not hear of one.
  const bool is_one_of_all =
      what.chat && (resting_.size() >= limits_.most_chats || resting_.contains(Activity{what.account}));
  if (is_one_of_all && !resting_.contains(what))
    what.chat.reset();
  const auto known = resting_.find(what);
  if (known != resting_.end())
    known->second = true;
  else
    tell(what, now);
}

void ActivityGather::tell(const Activity& what, nanoseconds now) {
  ready_.push_back(what);
  resting_[what] = false;
  // All rest for the same time, so this one is the last to end.
  rests_end_.emplace_back(now + limits_.rest, what);
}

std::vector<Activity> ActivityGather::take(nanoseconds now) {
  while (!rests_end_.empty() && rests_end_.front().first <= now) {
    const Activity what = rests_end_.front().second;
    rests_end_.pop_front();
    if (resting_.at(what))
      tell(what, now);
    else
      resting_.erase(what);
  }
  return std::exchange(ready_, {});
}

std::optional<nanoseconds> ActivityGather::deadline() const {
  return rests_end_.empty() ? std::nullopt : std::optional(rests_end_.front().first);
}

}  // namespace ledgram::outbox
