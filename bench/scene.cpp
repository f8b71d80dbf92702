#include "scene.hpp"

#include "logins.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <random>
#include <stdexcept>

namespace ledgram::bench {

namespace json = boost::json;

namespace {

std::int64_t number(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? 0 : value->to_number<std::int64_t>();
}

/// Each account is in as many channels as any other.
std::vector<SceneChannel> deal_channels(const SceneOptions& options) {
  std::vector<SceneChannel> channels;
  const auto accounts = static_cast<std::size_t>(options.accounts);
  std::size_t next = 0;
  for (int i = 0; i < options.channels; ++i) {
    SceneChannel channel{.name = fmt::format("synthetic{}", i + 1), .follower = next % accounts};
    for (int member = 0; member < options.members; ++member)
      channel.members.push_back(next++ % accounts);
    channels.push_back(std::move(channel));
  }
  return channels;
}

std::vector<SceneChannel> draw_channels(const SceneOptions& options) {
  std::mt19937_64 engine(options.seed);
  std::vector<std::size_t> accounts(static_cast<std::size_t>(options.accounts));
  std::iota(accounts.begin(), accounts.end(), std::size_t{0});
  std::vector<SceneChannel> channels;
  for (int i = 0; i < options.channels; ++i) {
    SceneChannel channel{.name = fmt::format("synthetic{}", i + 1)};
    for (std::size_t last = accounts.size(); last > 1; --last)
      std::swap(accounts[last - 1], accounts[engine() % last]);
    channel.follower = accounts.front();
    // The first ones are joined, so that the last ones are polled.
    if (i < options.channels - options.polled) {
      const auto members = std::min<std::size_t>(accounts.size(), static_cast<std::size_t>(options.members));
      channel.members.assign(accounts.begin(), accounts.begin() + static_cast<std::ptrdiff_t>(members));
    }
    channels.push_back(std::move(channel));
  }
  return channels;
}

/// Reads an answer of GET /truth, of either kind.
void read_messages(const json::object& answer, PlaceTruth& place) {
  for (const json::value& item : answer.at("messages").as_array()) {
    const json::object& message = item.as_object();
    TrueMessage there = true_message(message);
    if (const json::value* peer = message.if_contains("peer")) {
      // The ledger calls a basic group as Telegram's peers do.
      const bool group = peer->at("type").as_string() == "group";
      there.peer = fmt::format("{} {}", group ? "chat" : "user", number(peer->as_object(), "id"));
    }
    place.messages.emplace(static_cast<std::int32_t>(number(message, "id")), std::move(there));
  }
  for (const json::value& gone : answer.at("deleted").as_array())
    place.deleted.insert(gone.to_number<std::int32_t>());
}

}  // namespace

std::int64_t digits_of(const std::string& phone) {
  std::string digits;
  std::ranges::copy_if(phone, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return std::stoll(digits);
}

Scene::Scene(const SceneOptions& options)
    : clock_(options.clock_speed),
      simulator_(options.folder / "sim"),
      channels_(options.sharing == Sharing::Even ? deal_channels(options) : draw_channels(options)) {
  const std::string synthetic =
      fmt::format("channels={},posts={},seed={}", options.channels, options.history, options.seed);
  process_.emplace(clock_.wrap({options.programs / "ledgram-sim", "--data", simulator_, "--synthetic", synthetic}),
                   options.folder / "simulator.stderr");
  const std::string line = process_->read_line();
  if (line.find("\"ready\"") == std::string::npos)
    throw std::runtime_error("the simulator did not start");
  const json::value ready = json::parse(line);
  control_.emplace(std::string(ready.at("control").as_string()), clock_.speed());
  for (int i = 0; i < options.accounts; ++i) {
    phones_.push_back(test_phone(static_cast<std::size_t>(i)));
    control_->post("/accounts", {{"phone", phones_.back()}});
  }
}

void Scene::join() {
  for (SceneChannel& channel : channels_) {
    for (const std::size_t member : channel.members)
      control_->post("/join", {{"phone", phones_.at(member)}, {"chat", channel.name}});
    const json::object truth = control_->get("/truth?chat=" + channel.name);
    channel.id = number(truth, "id");
    history_[channel.name] = static_cast<std::int32_t>(number(truth, "last_id"));
  }
}

void Scene::start_traffic(const TrafficOptions& options) {
  json::array chats;
  for (const SceneChannel& channel : channels_)
    chats.emplace_back(channel.name);
  control_->post("/traffic", {{"chats", std::move(chats)},
                              {"total", options.messages},
                              {"rate", options.rate / clock_.speed()},
                              {"edits", options.edits},
                              {"deletes", options.deletes},
                              {"seed", static_cast<std::int64_t>(options.seed)}});
}

TrafficState Scene::traffic() {
  const json::object state = control_->get("/traffic");
  return {.running = state.at("running").as_bool(),
          .published = number(state, "published"),
          .edited = number(state, "edited"),
          .deleted = number(state, "deleted")};
}

std::int64_t Scene::publish_closing_messages() {
  for (const SceneChannel& channel : channels_)
    control_->post("/publish", {{"chat", channel.name}, {"text", "the last message"}});
  return std::ssize(channels_);
}

void Scene::note_private_history() {
  for (const std::string& phone : phones_)
    history_[phone] = static_cast<std::int32_t>(number(control_->get("/truth?phone=" + phone), "last_id"));
}

Truth Scene::channel_truths() {
  Truth truth;
  for (const SceneChannel& channel : channels_) {
    PlaceTruth place{.name = "@" + channel.name, .after = history_.at(channel.name)};
    read_messages(control_->get("/truth?chat=" + channel.name), place);
    truth.emplace(Place{.channel = channel.id}, std::move(place));
  }
  return truth;
}

PlaceTruth Scene::private_truth(const std::string& phone) {
  PlaceTruth place{.name = "private chats of " + phone, .after = history_.at(phone), .history = false};
  read_messages(control_->get("/truth?phone=" + phone), place);
  return place;
}

std::pair<Place, PlaceTruth> Scene::new_chat_truth(const std::string& name) {
  // From which message on it is followed is the collector's affair, and what is news depends on it.
  PlaceTruth place{.name = name, .news = false};
  const json::object answer = control_->get("/truth?chat=" + name);
  read_messages(answer, place);
  return {Place{.channel = number(answer, "id")}, std::move(place)};
}

std::int64_t Scene::connections_accepted() {
  return number(control_->get("/status"), "connections_accepted");
}

std::int64_t Scene::permanent_keys() {
  const json::object status = control_->get("/status");
  return std::ranges::count_if(status.at("auth_keys").as_array(),
                               [](const json::value& key) { return !key.as_object().contains("temporary"); });
}

std::map<std::string, std::int64_t> Scene::calls() {
  std::map<std::string, std::int64_t> calls;
  const json::object status = control_->get("/status");
  for (const auto& [method, count] : status.at("methods").as_object())
    calls[method] = number(count.as_object(), "calls");
  return calls;
}

}  // namespace ledgram::bench
