#include "chaos_plan.hpp"

#include "dice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <string_view>
#include <utility>

namespace ledgram::bench {

namespace json = boost::json;

namespace {

/// With fewer accounts nobody could take over what a lost one followed.
constexpr std::size_t kAccountsForGivingUp = 3;

struct Draw {
  Dice& dice;
  const PlanOptions& options;

  [[nodiscard]] json::object of_account(json::object body) const {
    if (dice.chance(0.6))
      body["account"] = dice.pick(options.phones);
    return body;
  }

  /// The simulator's own dice are seeded as well.
  [[nodiscard]] json::object by_chance(json::object body, double chance) const {
    body["chance"] = chance;
    body["seed"] = static_cast<std::int64_t>(dice.next() >> 1U);
    return body;
  }
};

/// How a fault ends.
enum class Ending : std::uint8_t {
  AtOnce,   ///< it is done when it is asked for
  Counted,  ///< when it has struck a few times, or after kPatience
  Timed,    ///< after a number of messages
};

struct Recipe {
  std::string_view name;
  int weight;
  Ending ending;
  double longest;  ///< Timed: seconds
  std::function<json::object(Draw&)> body;
};

constexpr std::array<std::string_view, 4> kDifferences{"updates.getDifference", "updates.getChannelDifference",
                                                       "updates.*", "messages.*"};

json::object with_times(json::object body, std::int64_t times) {
  body["times"] = times;
  return body;
}

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all{
      // The line.
      {"drop", 10, Ending::AtOnce, 0,
       [](Draw& d) {
         json::object body{{"kind", "drop"}};
         if (d.dice.chance(0.5))
           body["dc"] = d.dice.between(1, d.options.dcs);
         return body;
       }},
      {"drop_after_bytes", 8, Ending::Counted, 0,
       [](Draw& d) {
         return json::object{{"kind", "drop"},
                             {"after_bytes", std::int64_t{1} << d.dice.between(4, 17)},
                             {"times", d.dice.between(1, 4)}};
       }},
      {"half_close", 5, Ending::AtOnce, 0, [](Draw& d) { return d.of_account({{"kind", "half_close"}}); }},
      {"black_hole", 3, Ending::Timed, 2, [](Draw&) { return json::object{{"kind", "black_hole"}}; }},
      {"refuse", 4, Ending::Timed, 1, [](Draw&) { return json::object{{"kind", "refuse"}}; }},
      {"cut_answer", 5, Ending::Counted, 0,
       [](Draw& d) {
         return json::object{
             {"kind", "cut_answer"}, {"method", d.dice.pick(kDifferences)}, {"times", d.dice.between(1, 3)}};
       }},
      {"delay", 4, Ending::Timed, 1,
       [](Draw& d) {
         return d.by_chance(
             {{"kind", "delay"}, {"method", d.dice.pick(kDifferences)}, {"milliseconds", d.dice.between(10, 800)}},
             0.5);
       }},
      {"transport_error", 4, Ending::Counted, 0,
       [](Draw& d) {
         return json::object{{"kind", "transport_error"}, {"code", d.dice.chance(0.5) ? -429 : -404}, {"times", 1}};
       }},
      // Pushes.
      {"drop_update", 12, Ending::Timed, 1,
       [](Draw& d) { return d.of_account(d.by_chance({{"kind", "drop_update"}}, 0.05 + 0.4 * d.dice.share())); }},
      {"repeat_update", 8, Ending::Timed, 1,
       [](Draw& d) { return d.of_account(d.by_chance({{"kind", "repeat_update"}}, 0.2 + 0.6 * d.dice.share())); }},
      {"reorder_updates", 10, Ending::Timed, 1,
       [](Draw& d) { return d.of_account(d.by_chance({{"kind", "reorder_updates"}}, 0.2 + 0.6 * d.dice.share())); }},
      {"delay_updates", 8, Ending::Timed, 1,
       [](Draw& d) {
         return d.of_account(d.by_chance({{"kind", "delay_updates"}, {"milliseconds", d.dice.between(5, 1500)}},
                                         0.1 + 0.4 * d.dice.share()));
       }},
      {"updates_too_long", 6, Ending::Counted, 0,
       [](Draw& d) { return d.of_account(with_times({{"kind", "updates_too_long"}}, d.dice.between(1, 3))); }},
      {"silence", 5, Ending::Timed, 1.5, [](Draw& d) { return d.of_account({{"kind", "silence"}}); }},
      // Differences.
      {"difference_slices", 8, Ending::Timed, 3,
       [](Draw& d) { return json::object{{"kind", "difference_slices"}, {"events", d.dice.between(1, 40)}}; }},
      {"difference_too_long", 4, Ending::Counted, 0,
       [](Draw& d) { return with_times({{"kind", "difference_too_long"}}, d.dice.between(1, 2)); }},
      {"channel_too_long", 6, Ending::Counted, 0,
       [](Draw& d) { return with_times({{"kind", "channel_too_long"}}, d.dice.between(1, 3)); }},
      {"flood_wait", 5, Ending::Counted, 0,
       [](Draw& d) {
         return json::object{{"kind", "flood_wait"},
                             {"method", d.dice.pick(kDifferences)},
                             {"seconds", d.dice.between(0, 2)},
                             {"times", d.dice.between(1, 2)}};
       }},
      {"rpc_error", 6, Ending::Counted, 0,
       [](Draw& d) {
         constexpr std::array<std::pair<int, std::string_view>, 4> kErrors{{{500, "RPC_CALL_FAIL"},
                                                                            {-503, "Timeout"},
                                                                            {500, "PERSISTENT_TIMESTAMP_OUTDATED"},
                                                                            {500, "INTERDC_2_CALL_ERROR"}}};
         const auto& [code, message] = d.dice.pick(kErrors);
         // Only channel differences know an outdated state.
         const std::string_view method =
             message.starts_with("PERSISTENT") ? kDifferences[1] : d.dice.pick(kDifferences);
         return json::object{{"kind", "rpc_error"},
                             {"method", method},
                             {"code", code},
                             {"message", message},
                             {"times", d.dice.between(1, 3)}};
       }},
      // Sessions and keys.
      {"rotate_salts", 4, Ending::AtOnce, 0, [](Draw&) { return json::object{{"kind", "rotate_salts"}}; }},
      {"forget_sessions", 5, Ending::AtOnce, 0, [](Draw& d) { return d.of_account({{"kind", "forget_sessions"}}); }},
      {"forget_temporary_keys", 4, Ending::AtOnce, 0,
       [](Draw& d) { return d.of_account({{"kind", "forget_temporary_keys"}}); }},
      {"replay", 4, Ending::Timed, 1, [](Draw& d) { return d.by_chance({{"kind", "replay"}}, 0.3); }},
      {"spoilt_packet", 6, Ending::Counted, 0,
       [](Draw& d) {
         constexpr std::array<std::string_view, 10> kKinds{
             "wrong_msg_key", "foreign_session", "even_msg_id",  "old_msg_id",      "future_msg_id",
             "no_padding",    "short_padding",   "long_padding", "negative_length", "malformed_frame"};
         return json::object{{"kind", d.dice.pick(kKinds)}, {"times", d.dice.between(1, 3)}};
       }},
      {"strange_answer", 4, Ending::Counted, 0,
       [](Draw& d) {
         constexpr std::array<std::string_view, 3> kKinds{"detailed_info", "duplicate_answer", "unknown_answer"};
         return json::object{{"kind", d.dice.pick(kKinds)}, {"times", d.dice.between(1, 5)}};
       }},
      {"bad_msg", 4, Ending::Counted, 0,
       [](Draw& d) {
         constexpr std::array<int, 8> kCodes{16, 17, 18, 20, 32, 33, 48, 64};
         return json::object{{"kind", "bad_msg"}, {"code", d.dice.pick(kCodes)}, {"times", 1}};
       }},
  };
  return all;
}

constexpr std::string_view kDuplicate = "duplicate_session";
/// Seconds that a fault waits for something that it can strike.
constexpr double kPatience = 10;

/// Migrations are drawn beside the recipes: they are no faults.
constexpr int kMigrateWeight = 3;

/// Kills cut the run into equal parts. Each part holds one kill, somewhere, and its restart a little later.
void draw_kills(Dice& dice, const PlanOptions& options, std::vector<Step>& steps) {
  if (options.kills == 0)
    return;
  const double part = static_cast<double>(options.messages) / options.kills;
  for (int i = 0; i < options.kills; ++i) {
    const double begin = part * i;
    const double kill = begin + part * (0.15 + 0.55 * dice.share());
    const double pause = dice.chance(0.5) ? 0 : part * 0.25 * dice.share();
    steps.push_back({.at = static_cast<std::int64_t>(kill), .kind = Step::Kind::Kill});
    steps.push_back({.at = static_cast<std::int64_t>(kill + pause), .kind = Step::Kind::Restart});
  }
}

const Recipe* draw_recipe(Dice& dice, const PlanOptions& options, bool& migrate) {
  std::int64_t whole = options.without.contains(std::string(kMigrate)) ? 0 : kMigrateWeight;
  for (const Recipe& recipe : recipes())
    whole += options.without.contains(std::string(recipe.name)) ? 0 : recipe.weight;
  std::int64_t at = dice.below(whole);
  for (const Recipe& recipe : recipes()) {
    if (options.without.contains(std::string(recipe.name)))
      continue;
    if (at < recipe.weight)
      return &recipe;
    at -= recipe.weight;
  }
  migrate = whole > 0;
  return nullptr;
}

void draw_faults(Dice& dice, const PlanOptions& options, std::vector<Step>& steps) {
  Draw draw{dice, options};
  for (int i = 0; i < options.faults; ++i) {
    const std::int64_t at = dice.below(options.messages);
    bool migrate = false;
    const Recipe* recipe = draw_recipe(dice, options, migrate);
    if (migrate) {
      steps.push_back({.at = at,
                       .kind = Step::Kind::Migrate,
                       .name = std::string(kMigrate),
                       .body = {{"phone", dice.pick(options.phones)}, {"dc", dice.between(1, options.dcs)}}});
    }
    if (recipe == nullptr)
      continue;
    steps.push_back(
        {.at = at, .kind = Step::Kind::Fault, .name = std::string(recipe->name), .body = recipe->body(draw)});
    if (recipe->ending == Ending::AtOnce)
      continue;
    const double seconds = recipe->ending == Ending::Counted ? kPatience : recipe->longest * (0.1 + 0.9 * dice.share());
    const std::int64_t end = at + 1 + static_cast<std::int64_t>(seconds * options.rate);
    steps.push_back({.at = end, .kind = Step::Kind::EndFault, .name = steps.back().name, .begins = steps.size() - 1});
    // The line is back: what was swallowed shows by the connections, as a router that starts again resets them.
    if (recipe->name == "black_hole" && dice.chance(0.75))
      steps.push_back({.at = end, .kind = Step::Kind::Fault, .name = "drop", .body = {{"kind", "drop"}}});
  }
}

/// Puts the steps in order; what they say of each other's places follows.
std::vector<Step> in_order(std::vector<Step> steps) {
  std::vector<std::size_t> order(steps.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&steps](std::size_t i) { return steps[i].at; });
  std::vector<std::size_t> place(steps.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    place[order[i]] = i;
  std::vector<Step> sorted;
  sorted.reserve(steps.size());
  for (const std::size_t i : order) {
    sorted.push_back(std::move(steps[i]));
    sorted.back().begins = place[sorted.back().begins];
    if (sorted.back().kind != Step::Kind::EndFault)
      sorted.back().begins = 0;
  }
  return sorted;
}

}  // namespace

Plan draw_plan(const PlanOptions& options) {
  Dice dice(options.seed);
  Plan plan;
  std::vector<Step> steps;
  draw_kills(dice, options, steps);
  draw_faults(dice, options, steps);
  // One account in every third run, never more: the others have to take over all that it followed.
  const bool give_up = options.faults > 0 && options.phones.size() >= kAccountsForGivingUp &&
                       !options.without.contains(std::string(kDuplicate)) && dice.chance(1.0 / 3);
  if (give_up) {
    plan.given_up = dice.pick(options.phones);
    const std::int64_t at = options.messages / 4 + dice.below(options.messages / 2);
    // An idle connection would not notice for a quarter of an hour, so that one is cut as well.
    for (const std::string_view kind : {kDuplicate, std::string_view("drop")}) {
      steps.push_back({.at = at,
                       .kind = Step::Kind::Fault,
                       .name = std::string(kind),
                       .body = {{"kind", kind}, {"account", plan.given_up}}});
    }
  }
  plan.steps = in_order(std::move(steps));
  return plan;
}

std::vector<std::string> fault_kinds() {
  std::vector<std::string> names;
  for (const Recipe& recipe : recipes())
    names.emplace_back(recipe.name);
  names.emplace_back(kMigrate);
  names.emplace_back(kDuplicate);
  names.emplace_back(kMigrateGroup);
  return names;
}

}  // namespace ledgram::bench
