#include "ledgram/sim_server/counts.hpp"

#include <boost/json/value.hpp>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

bool is_difference(std::string_view method) {
  return method == "updates.getDifference" || method == "updates.getChannelDifference";
}

template <class Map>
auto& entry(Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found != map.end() ? found->second : map[std::string(name)];
}

}  // namespace

void Counts::count_call(Tally& tally, std::string_view method, std::string_view answer, bool failed) {
  Calls& calls = entry(tally.methods, method);
  ++calls.calls;
  if (failed)
    ++calls.errors;
  if (!failed && is_difference(method) && !answer.empty())
    ++entry(tally.differences, answer);
}

Counts::Tally& Counts::of(std::string_view phone) {
  return entry(accounts_, phone);
}

void Counts::call(std::string_view method, std::string_view phone, std::string_view answer, bool failed) {
  count_call(all_, method, answer, failed);
  if (!phone.empty())
    count_call(of(phone), method, answer, failed);
}

void Counts::push(std::string_view phone, PushEnd end) {
  const auto add = [end](Tally& tally) { ++(end == PushEnd::Sent ? tally.sent : tally.dropped); };
  add(all_);
  if (!phone.empty())
    add(of(phone));
}

void Counts::add_to(json::object& status, std::string_view phone) const {
  static const Tally nothing;
  const Tally* tally = &all_;
  if (!phone.empty()) {
    const auto found = accounts_.find(phone);
    tally = found == accounts_.end() ? &nothing : &found->second;
  }
  json::object methods;
  for (const auto& [method, count] : tally->methods)
    methods[method.empty() ? "(unreadable)" : method] = json::object{{"calls", count.calls}, {"errors", count.errors}};
  json::object differences;
  for (const auto& [name, count] : tally->differences)
    differences[name] = count;
  status["methods"] = std::move(methods);
  status["pushes"] = json::object{{"sent", tally->sent}, {"dropped", tally->dropped}};
  status["differences"] = std::move(differences);
}

json::object Counts::by_account() const {
  json::object all;
  for (const auto& [phone, tally] : accounts_) {
    json::object calls;
    for (const auto& [method, count] : tally.methods)
      calls[method.empty() ? "(unreadable)" : method] = count.calls;
    all[phone] = json::object{{"calls", std::move(calls)},
                              {"pushes", json::object{{"sent", tally.sent}, {"dropped", tally.dropped}}}};
  }
  return all;
}

}  // namespace ledgram::sim
