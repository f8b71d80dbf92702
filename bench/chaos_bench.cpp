#include "chaos_bench.hpp"

#include "audit.hpp"
#include "chaos_plan.hpp"
#include "collector.hpp"
#include "dice.hpp"
#include "private_traffic.hpp"
#include "process.hpp"
#include "progress.hpp"
#include "scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace ledgram::bench {

namespace json = boost::json;

namespace {

using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// How often the count of published messages is looked at: a kill comes within this of its moment.
constexpr auto kLook = 5ms;
/// Nobody's first start takes so long; a simulated Telegram is near.
constexpr auto kFirstStart = 60s;
/// Comparing takes about a second for 100,000 messages and reads what is being written: at most this share of the time.
constexpr double kAuditShare = 0.2;
constexpr double kLeastBetweenAudits = 0.5;  // seconds

/// Then it will not get anywhere.
constexpr std::size_t kMostProblems = 20;

constexpr double kEdits = 0.15;
constexpr double kDeletes = 0.05;

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

class ChaosRun {
 public:
  explicit ChaosRun(const ChaosOptions& options);

  ChaosResult run();

 private:
  void prepare();
  void follow_plan();
  void take_step(const Step& step, std::size_t index);
  void begin_fault(const Step& step, std::size_t index);
  void end_fault(std::size_t begun_by);
  void restart_if_it_ended();
  void publish_last_messages();
  void take_truth();
  void catch_up();
  std::int64_t audit();
  void check_logins();
  void check_restraint();
  void stop();

  ChaosOptions options_;
  bool own_;  ///< ledgram itself, and not a peer
  ScratchFolder folder_;
  ChaosResult result_;
  Scene scene_;
  std::unique_ptr<Collector> collector_;
  std::optional<PrivateTraffic> private_;
  Plan plan_;
  Dice dice_;                                     ///< of power failures
  Truth truth_;                                   ///< once nothing is published any more
  std::map<std::size_t, std::int64_t> standing_;  ///< step that began it, and the simulator's number of the fault
  std::int64_t first_connections_ = 0;
  std::int64_t first_keys_ = 0;
  bool wanted_ = false;  ///< it shall run now
};

SceneOptions scene_options(const ChaosOptions& options, const std::filesystem::path& folder) {
  const bool own = options.collector == "ledgram";
  return {.programs = options.programs,
          .folder = folder,
          .seed = options.seed,
          .accounts = options.accounts,
          .channels = options.channels,
          .polled = options.polled.value_or(own ? options.channels / 4 : 0),
          .clock_speed = options.clock_speed};
}

ChaosRun::ChaosRun(const ChaosOptions& options)
    : options_(options),
      own_(options.collector == "ledgram"),
      folder_(options.keep ? AtEnd::Keep : AtEnd::Remove),
      scene_(scene_options(options, folder_.path())),
      dice_(options.seed) {
  options_.private_chats = own_ && options_.private_chats;
  result_.collector = options.collector;
  result_.seed = options.seed;
  if (options.keep)
    result_.folder = folder_.path();
}

void ChaosRun::prepare() {
  collector_ = make_collector({.name = options_.collector,
                               .programs = options_.programs,
                               .folder = folder_.path(),
                               .private_chats = options_.private_chats},
                              scene_);
  scene_.join();
  if (options_.private_chats) {
    const bool migration = !options_.without.contains(std::string(kMigrateGroup));
    private_.emplace(scene_.control(), scene_.phones(), options_.messages, options_.seed,
                     migration ? GroupMigration::Yes : GroupMigration::No);
    private_->prepare();
  }
  collector_->prepare();
  plan_ = draw_plan(
      {.seed = options_.seed,
       .messages = options_.messages,
       .kills = options_.kills,
       .faults = options_.faults.value_or(static_cast<int>(std::max<std::int64_t>(options_.messages / 250, 10))),
       .rate = options_.rate,
       .phones = scene_.phones(),
       .without = options_.without});
  result_.given_up = plan_.given_up;
  collector_->start();
  if (!collector_->wait_until_serving(kFirstStart))
    throw std::runtime_error(fmt::format("{} did not say that it is serving", options_.collector));
  if (private_)
    scene_.note_private_history();
  wanted_ = true;
  first_connections_ = scene_.connections_accepted();
  first_keys_ = scene_.permanent_keys();
}

void ChaosRun::begin_fault(const Step& step, std::size_t index) {
  const json::object answer = scene_.control().post("/faults", step.body);
  if (const json::value* id = answer.if_contains("id"))
    standing_[index] = id->to_number<std::int64_t>();
  ++result_.faults[step.name];
}

void ChaosRun::end_fault(std::size_t begun_by) {
  const auto found = standing_.find(begun_by);
  if (found == standing_.end())
    return;
  scene_.control().remove(fmt::format("/faults?id={}", found->second));
  standing_.erase(found);
}

void ChaosRun::take_step(const Step& step, std::size_t index) {
  switch (step.kind) {
    case Step::Kind::Fault:
      begin_fault(step, index);
      break;
    case Step::Kind::EndFault:
      end_fault(step.begins);
      break;
    case Step::Kind::Migrate:
      scene_.control().post("/migrate", step.body);
      ++result_.faults[step.name];
      break;
    case Step::Kind::Kill:
      wanted_ = false;
      if (collector_->running()) {
        collector_->kill();
        ++result_.kills;
        if (options_.power_loss)
          result_.journal_bytes_lost += collector_->lose_power(dice_.share());
      }
      break;
    case Step::Kind::Restart:
      wanted_ = true;
      if (!collector_->started())
        collector_->start();
      break;
  }
}

/// A collector that ends without being asked to is wrong, and goes on, as under a supervisor.
void ChaosRun::restart_if_it_ended() {
  if (!wanted_ || !collector_->started() || collector_->running())
    return;
  result_.problems.push_back(fmt::format("it ended by itself with exit code {}", collector_->take_end()));
  if (result_.problems.size() > kMostProblems) {
    throw std::runtime_error(
        fmt::format("{} ends by itself again and again; --keep leaves what it wrote", options_.collector));
  }
  collector_->start();
}

void ChaosRun::follow_plan() {
  scene_.start_traffic({.messages = options_.messages,
                        .rate = static_cast<double>(options_.rate),
                        .edits = kEdits,
                        .deletes = kDeletes,
                        .seed = options_.seed});
  Progress progress(fmt::format("{}, seed {}", options_.collector, options_.seed), options_.messages);
  std::size_t next = 0;
  TrafficState traffic;
  do {
    traffic = scene_.traffic();
    for (; next < plan_.steps.size() && plan_.steps[next].at <= traffic.published; ++next)
      take_step(plan_.steps[next], next);
    if (private_)
      private_->advance(traffic.published);
    restart_if_it_ended();
    progress.show(traffic.published, fmt::format("{} kills, {} faults standing", result_.kills, standing_.size()));
    std::this_thread::sleep_for(kLook);
  } while (traffic.running);
  result_.published = traffic.published;
  result_.edited = traffic.edited;
  result_.deleted = traffic.deleted;
}

/// Compares, and keeps what was found; how much is wrong.
std::int64_t ChaosRun::audit() {
  Audit comparison(truth_, collector_->promises());
  collector_->read(comparison);
  AuditResult found = comparison.finish();
  result_.checked = found.checked;
  result_.lost = found.lost;
  result_.doubled = found.doubled;
  result_.wrong_version = found.wrong_version;
  result_.wrong_deletion = found.wrong_deletion;
  result_.lost_news = found.lost_news;
  result_.doubled_news = found.doubled_news;
  const std::int64_t wrong = found.wrong();
  result_.examples = std::move(found.examples);
  return wrong;
}

/// In every chat, so that what was lost last shows as a gap.
void ChaosRun::publish_last_messages() {
  result_.published += scene_.publish_closing_messages();
  if (!private_)
    return;
  private_->close();
  result_.published += private_->sent();
  result_.edited += private_->edited();
  result_.deleted += private_->deleted();
}

void ChaosRun::take_truth() {
  truth_ = scene_.channel_truths();
  if (!private_)
    return;
  for (const std::string& phone : scene_.phones()) {
    // Nobody else can see these.
    if (phone != plan_.given_up)
      truth_.emplace(Place{.account = digits_of(phone)}, scene_.private_truth(phone));
  }
  if (private_->supergroup())
    truth_.insert(scene_.new_chat_truth(*private_->supergroup()));
}

/// All is well again with the line and the server; whatever is still missing must come now.
void ChaosRun::catch_up() {
  const auto start = SteadyClock::now();
  scene_.control().remove("/faults");
  standing_.clear();
  if (!collector_->started())
    collector_->start();
  wanted_ = true;
  publish_last_messages();
  take_truth();

  Progress progress("catching up", 1);
  std::int64_t version = -1;
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  auto better = SteadyClock::now();
  auto audited = better;
  double pause = 0;
  while (seconds_since(better) < options_.patience) {
    restart_if_it_ended();
    const std::int64_t found = collector_->version();
    if (found == version || seconds_since(audited) < pause) {
      std::this_thread::sleep_for(kLook);
      continue;
    }
    version = found;
    const auto began = SteadyClock::now();
    const std::int64_t wrong = audit();
    if (wrong == 0)
      break;
    if (wrong < best) {
      best = wrong;
      better = SteadyClock::now();
    }
    audited = SteadyClock::now();
    pause = std::max(kLeastBetweenAudits, seconds_since(began) / kAuditShare);
    progress.show(0, fmt::format("{} to go", wrong));
  }
  result_.catch_up_seconds = seconds_since(start);
}

/// Only the one whose session was opened elsewhere may have lost its login, and that one must know it.
void ChaosRun::check_logins() {
  const auto logged_out = collector_->logged_out();
  if (!logged_out)
    return;
  for (const std::string& phone : *logged_out) {
    if (phone != plan_.given_up)
      result_.problems.push_back(fmt::format("the account {} lost its login", phone));
  }
  if (!plan_.given_up.empty() && !logged_out->contains(plan_.given_up))
    result_.problems.push_back(fmt::format("the account {} does not say that it needs a login", plan_.given_up));
}

/// What went wrong must not make it storm the server: a permanent key is made at another data centre only, and once
/// more if a kill comes between; and each start and each fault costs an account one connection at most.
void ChaosRun::check_restraint() {
  if (options_.collector != "ledgram")
    return;
  constexpr std::int64_t kKeysOfAMigration = 2;
  const auto migrations = result_.faults.find(std::string(kMigrate));
  const std::int64_t keys = migrations == result_.faults.end() ? 0 : kKeysOfAMigration * migrations->second;
  if (result_.new_keys > keys)
    result_.problems.push_back(
        fmt::format("{} permanent keys were made, {} at most are needed", result_.new_keys, keys));
  std::int64_t events = 1 + result_.kills;
  for (const auto& [name, count] : result_.faults)
    events += count;
  const std::int64_t connections = events * options_.accounts;
  if (result_.reconnects > connections)
    result_.problems.push_back(fmt::format("it connected {} times, {} at most", result_.reconnects, connections));
}

void ChaosRun::stop() {
  result_.handed_over_again = collector_->handed_over_again();
  result_.reconnects = scene_.connections_accepted() - first_connections_;
  result_.new_keys = scene_.permanent_keys() - first_keys_;
  check_restraint();
  wanted_ = false;
  StopReport report = collector_->stop();
  result_.stop_seconds = report.seconds;
  std::ranges::move(report.problems, std::back_inserter(result_.problems));
  // What it did in its last seconds counts as well.
  audit();
  check_logins();
}

ChaosResult ChaosRun::run() {
  const auto start = SteadyClock::now();
  prepare();
  follow_plan();
  catch_up();
  stop();
  result_.seconds = seconds_since(start);
  return std::move(result_);
}

}  // namespace

ChaosResult chaos_bench(const ChaosOptions& options) {
  ChaosRun run(options);
  return run.run();
}

}  // namespace ledgram::bench
