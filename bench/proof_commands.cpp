#include "proof_commands.hpp"

#include "chaos_plan.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace ledgram::bench {

namespace json = boost::json;

namespace {

json::array as_array(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

template <class Count>
json::object as_object(const std::map<std::string, Count>& counts) {
  json::object object;
  for (const auto& [name, count] : counts)
    object[name] = count;
  return object;
}

json::object as_json(const ChaosResult& result) {
  json::object object{{"collector", result.collector},
                      {"seed", result.seed},
                      {"published", result.published},
                      {"edited", result.edited},
                      {"deleted", result.deleted},
                      {"checked", result.checked},
                      {"lost", result.lost},
                      {"doubled", result.doubled},
                      {"wrong_version", result.wrong_version},
                      {"wrong_deletion", result.wrong_deletion},
                      {"lost_events", result.lost_news},
                      {"doubled_events", result.doubled_news},
                      {"kills", result.kills},
                      {"reconnects", result.reconnects},
                      {"new_keys", result.new_keys},
                      {"seconds", result.seconds},
                      {"catch_up_seconds", result.catch_up_seconds},
                      {"stop_seconds", result.stop_seconds},
                      {"faults", as_object(result.faults)},
                      {"problems", as_array(result.problems)},
                      {"good", result.good()}};
  if (result.handed_over_again)
    object["handed_over_again"] = *result.handed_over_again;
  if (result.journal_bytes_lost != 0)
    object["journal_bytes_lost"] = result.journal_bytes_lost;
  if (!result.given_up.empty())
    object["given_up"] = result.given_up;
  if (!result.examples.empty())
    object["examples"] = as_array(result.examples);
  if (!result.folder.empty())
    object["folder"] = result.folder.string();
  return object;
}

void print(const ChaosResult& result) {
  int faults = 0;
  for (const auto& [name, count] : result.faults)
    faults += count;
  fmt::print(
      "{}, seed {}: {} published, {} edits, {} deletions, {} faults, {} kills, {} reconnects in {:.1f} s: {} lost, {} "
      "doubled, {} wrong versions, {} wrong deletions",
      result.collector, result.seed, result.published, result.edited, result.deleted, faults, result.kills,
      result.reconnects, result.seconds, result.lost, result.doubled, result.wrong_version, result.wrong_deletion);
  if (result.handed_over_again)
    fmt::print(", {} handed over again", *result.handed_over_again);
  else
    fmt::print(", {} lost events, {} doubled events", result.lost_news, result.doubled_news);
  fmt::print("; caught up in {:.1f} s, stopped in {:.1f} s\n", result.catch_up_seconds, result.stop_seconds);
  for (const std::string& problem : result.problems)
    fmt::print("  {}\n", problem);
  for (const std::string& example : result.examples)
    fmt::print("  {}\n", example);
  if (!result.folder.empty())
    fmt::print("  data and logs: {}\n", result.folder.string());
}

json::object as_json(const LiveResult& result) {
  return {{"messages", result.messages},  {"messages_per_second", result.messages_per_second},
          {"p50_ms", result.p50_ms},      {"p99_ms", result.p99_ms},
          {"max_ms", result.max_ms},      {"cpu_us_per_message", result.cpu_us_per_message},
          {"rss_mb", result.rss_mb},      {"rss_growth_mb", result.rss_growth_mb},
          {"ledger_mb", result.ledger_mb}};
}

void print(const LiveResult& result) {
  fmt::print(
      "{} messages, {:.0f} a second: {:.1f} ms from sending to the committed row ({:.1f} ms for 99 of 100, {:.1f} ms "
      "at "
      "most), {:.1f} us of CPU a message, {:.1f} MB resident at the end, {:+.1f} MB since a quarter of the run, {:.0f} "
      "MB "
      "of ledger\n",
      result.messages, result.messages_per_second, result.p50_ms, result.p99_ms, result.max_ms,
      result.cpu_us_per_message, result.rss_mb, result.rss_growth_mb, result.ledger_mb);
}

json::object as_json(const CatchupResult& result) {
  return {{"accounts", result.accounts},
          {"channels", result.channels},
          {"messages", result.messages},
          {"connect_seconds", result.connect_seconds},
          {"catch_up_seconds", result.catch_up_seconds},
          {"cpu_seconds", result.cpu_seconds},
          {"rss_mb", result.rss_mb},
          {"stop_seconds", result.stop_seconds},
          {"calls", as_object(result.calls)},
          {"too_often", as_array(result.too_often)}};
}

void print(const CatchupResult& result) {
  fmt::print(
      "{} accounts, {} channels, {} messages while away: all connected after {:.1f} s, caught up after {:.1f} s with "
      "{:.1f} "
      "s of CPU, {:.1f} MB resident; stopped in {:.2f} s\n",
      result.accounts, result.channels, result.messages, result.connect_seconds, result.catch_up_seconds,
      result.cpu_seconds, result.rss_mb, result.stop_seconds);
  for (const auto& [method, count] : result.calls)
    fmt::print("  {:<40} {}\n", method, count);
  for (const std::string& words : result.too_often)
    fmt::print("  too often: {}\n", words);
}

json::object as_json(const StopResult& result) {
  return {{"accounts", result.accounts},
          {"channels", result.channels},
          {"rate", result.rate},
          {"stop_seconds", json::array(result.seconds.begin(), result.seconds.end())},
          {"messages_committed", json::array(result.committed.begin(), result.committed.end())},
          {"problems", as_array(result.problems)}};
}

void print(const StopResult& result) {
  fmt::print("{} accounts, {} channels, {} messages a second: stopped after {:.2f} s; {} messages committed\n",
             result.accounts, result.channels, result.rate, fmt::join(result.seconds, ", "),
             fmt::join(result.committed, ", "));
  for (const std::string& problem : result.problems)
    fmt::print("  {}\n", problem);
}

template <class Result>
void print(const Result& result, bool json) {
  if (json)
    fmt::print("{}\n", json::serialize(as_json(result)));
  else
    print(result);
  std::fflush(stdout);
}

}  // namespace

ProofCommands::ProofCommands(CLI::App& app, const std::filesystem::path& programs) {
  chaos_.programs = live_.programs = catchup_.programs = stop_.programs = programs;

  chaos_command_ = app.add_subcommand(
      "chaos", "Publish, edit and delete while faults are drawn and ledgram serve is killed; compare truth and ledger");
  chaos_command_->add_option("--accounts", chaos_.accounts, "How many accounts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  chaos_command_->add_option("--channels", chaos_.channels, "How many channels")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  chaos_command_->add_option("--polled", chaos_.polled,
                             "How many of them nobody joins; without it a quarter, or none for other collectors");
  chaos_command_->add_option("--messages", chaos_.messages, "How many messages are published")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  chaos_command_->add_option("--kills", chaos_.kills, "How often the process is killed")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  chaos_command_->add_option("--faults", chaos_.faults,
                             "How many faults are drawn; without it one for every 250 messages, at least 10");
  chaos_command_->add_option("--rate", chaos_.rate, "Messages a second")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  chaos_command_
      ->add_option("--clock-speed", chaos_.clock_speed,
                   "How many times as fast time passes for the simulator and ledgram; needs the package faketime")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  chaos_command_->add_option("--seed", chaos_.seed, "Of content, faults and kills")->capture_default_str();
  chaos_command_->add_option("--seeds", seeds_, "Run so many seeds, from --seed on")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  chaos_command_
      ->add_option("--without", without_, fmt::format("Faults not to draw: {}", fmt::join(fault_kinds(), ", ")))
      ->delimiter(',')
      ->check(CLI::IsMember(fault_kinds()));
  chaos_command_->add_option("--only", only_, "Draw these faults and no others")
      ->delimiter(',')
      ->check(CLI::IsMember(fault_kinds()))
      ->excludes("--without");
  chaos_command_->add_option("--collector", chaos_.collector, "What is put to the proof")
      ->check(CLI::IsMember({"ledgram", "telethon", "tdlib", "pyrofork"}))
      ->capture_default_str();
  chaos_command_->add_flag("!--no-private-chats", chaos_.private_chats, "Only channels have traffic");
  chaos_command_
      ->add_option("--patience", chaos_.patience, "Seconds that it may stand still at the end before it is given up")
      ->capture_default_str();
  chaos_command_->add_flag("--power-loss", chaos_.power_loss,
                           "Each kill is a power failure: the end of the ledger's journal is gone");
  chaos_command_->add_flag("--keep", chaos_.keep, "Leave the folder with data and logs, and say where it is");
  chaos_command_->add_flag("--json", json_, "Print one JSON object for each seed");

  live_command_ = app.add_subcommand("live", "From the simulator's send to the committed row: latency, CPU and memory");
  live_command_->add_option("--rate", live_.rate, "Messages a second")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  live_command_->add_option("--seconds", live_.seconds, "For how long")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  live_command_->add_option("--channels", live_.channels, "In how many channels")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  live_command_->add_flag("--json", json_, "Print one JSON object");

  catchup_command_ = app.add_subcommand("catchup", "Many accounts come back after a time away");
  catchup_command_->add_option("--accounts", catchup_.accounts, "How many accounts")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  catchup_command_->add_option("--channels-each", catchup_.channels_each, "Channels that each account is in")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  catchup_command_->add_option("--shared-by", catchup_.shared_by, "Accounts in one channel")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  catchup_command_->add_option("--away", catchup_.away, "Seconds away")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  catchup_command_->add_option("--per-hour", catchup_.per_hour, "Messages that a channel has in an hour")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  catchup_command_->add_flag("--json", json_, "Print one JSON object");

  stop_command_ = app.add_subcommand("stop", "Many accounts under load are asked to stop: how long it takes");
  stop_command_->add_option("--accounts", stop_.accounts, "How many accounts")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  stop_command_->add_option("--channels-each", stop_.channels_each, "Channels that each account is in")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  stop_command_->add_option("--shared-by", stop_.shared_by, "Accounts in one channel")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  stop_command_->add_option("--rate", stop_.rate, "Messages a second")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  stop_command_->add_option("--seconds", stop_.seconds, "Seconds of traffic before each stop")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  stop_command_->add_option("--times", stop_.times, "How often it is started and stopped")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  stop_command_->add_flag("--json", json_, "Print one JSON object");
}

int ProofCommands::run_chaos() {
  if (chaos_.collector != "ledgram" && (chaos_.clock_speed != 1 || chaos_.power_loss))
    throw std::runtime_error("--clock-speed and --power-loss are for ledgram, not for other collectors");
  chaos_.without.insert(without_.begin(), without_.end());
  if (!only_.empty()) {
    for (std::string& kind : fault_kinds()) {
      if (std::ranges::find(only_, kind) == only_.end())
        chaos_.without.insert(std::move(kind));
    }
  }
  bool good = true;
  for (int i = 0; i < seeds_; ++i, ++chaos_.seed) {
    const ChaosResult result = chaos_bench(chaos_);
    print(result, json_);
    good = good && result.good();
  }
  return good ? 0 : 1;
}

int ProofCommands::run_live() {
  print(live_bench(live_), json_);
  return 0;
}

int ProofCommands::run_catchup() {
  const CatchupResult result = catchup_bench(catchup_);
  print(result, json_);
  return result.too_often.empty() ? 0 : 1;
}

int ProofCommands::run_stop() {
  const StopResult result = stop_bench(stop_);
  print(result, json_);
  return result.problems.empty() ? 0 : 1;
}

std::optional<int> ProofCommands::run() {
  if (chaos_command_->parsed())
    return run_chaos();
  if (live_command_->parsed())
    return run_live();
  if (catchup_command_->parsed())
    return run_catchup();
  if (stop_command_->parsed())
    return run_stop();
  return std::nullopt;
}

}  // namespace ledgram::bench
