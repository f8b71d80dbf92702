#include "ledgram/api/metrics.hpp"

#include "ledgram/api/answers.hpp"
#include "ledgram/ledger/post_store.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace ledgram::api {
namespace {

/// Seconds from a message's date, which Telegram tells in whole seconds, to its event.
const prometheus::Histogram::BucketBoundaries kLagBuckets = {1, 2, 5, 10, 30, 60, 300, 3'600, 86'400};

const prometheus::Histogram::BucketBoundaries kAnswerBuckets = {0.001, 0.0025, 0.005, 0.01, 0.02, 0.05,
                                                                0.1,   0.25,   0.5,   1,    2.5,  10};

/// What one look at the disk gives.
struct DiskFigures {
  std::int64_t messages = 0;
  std::int64_t last_event = 0;
  std::int64_t channels = 0;
  std::int64_t holes = 0;
  std::int64_t missing_ids = 0;
  std::int64_t active = 0;
  std::int64_t logged_out = 0;
  std::vector<Metrics::Measured> measured;  ///< as Impl::measures
};

ledger::LedgerResult<DiskFigures> look(ledger::Ledger& ledger) {
  DiskFigures figures;
  // Numbers of rows rise by one and are not used again.
  const auto messages = ledger.post_store().rows_after(0);
  const auto last_event = ledger.last_event();
  const auto channels = ledger.channels();
  const auto accounts = ledger.accounts();
  if (!messages)
    return std::unexpected(messages.error());
  if (!last_event)
    return std::unexpected(last_event.error());
  if (!channels)
    return std::unexpected(channels.error());
  if (!accounts)
    return std::unexpected(accounts.error());
  figures.messages = *messages;
  figures.last_event = *last_event;
  for (const ledger::Channel& channel : *channels) {
    if (channel.follow != ledger::FollowState::Followed)
      continue;
    ++figures.channels;
    const auto known = ledger.ranges(channel.id);
    if (!known)
      return std::unexpected(known.error());
    for (const ledger::IdRange& hole : known->holes({1, channel.newest_id})) {
      ++figures.holes;
      figures.missing_ids += hole.last - hole.first + 1;
    }
  }
  for (const ledger::Account& account : *accounts)
    ++(account.state == ledger::AccountState::Active ? figures.active : figures.logged_out);
  return figures;
}

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& answers = prometheus::BuildCounter()
                                                         .Name("ledgram_http_answers_total")
                                                         .Help("Answers of the HTTP interface.")
                                                         .Register(registry);
  prometheus::Family<prometheus::Histogram>& answer_times = prometheus::BuildHistogram()
                                                                .Name("ledgram_http_answer_seconds")
                                                                .Help("Time from a request to its answer.")
                                                                .Register(registry);
  prometheus::Family<prometheus::Counter>& calls =
      prometheus::BuildCounter()
          .Name("ledgram_telegram_calls_total")
          .Help("Calls to Telegram by method and error; no error: answered.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& flood_waits = prometheus::BuildCounter()
                                                             .Name("ledgram_telegram_flood_waits_total")
                                                             .Help("How often Telegram asked to wait, by method.")
                                                             .Register(registry);
  prometheus::Family<prometheus::Counter>& events = prometheus::BuildCounter()
                                                        .Name("ledgram_events_total")
                                                        .Help("Events since the start, by type.")
                                                        .Register(registry);
  prometheus::Histogram& lag = prometheus::BuildHistogram()
                                   .Name("ledgram_message_lag_seconds")
                                   .Help("From the date of a new message to its event.")
                                   .Register(registry)
                                   .Add({}, kLagBuckets);
  prometheus::Gauge& messages = gauge("ledgram_messages", "Messages of channels in the ledger.");
  prometheus::Gauge& last_event = gauge("ledgram_last_event", "Number of the newest event.");
  prometheus::Gauge& channels = gauge("ledgram_channels", "Channels that are followed.");
  prometheus::Gauge& holes = gauge("ledgram_holes", "Ranges of messages that are not known to be complete.");
  prometheus::Gauge& missing_ids = gauge("ledgram_hole_ids", "Numbers of messages within these ranges.");
  prometheus::Family<prometheus::Gauge>& accounts =
      prometheus::BuildGauge().Name("ledgram_accounts").Help("Accounts by state.").Register(registry);
  prometheus::Gauge& active = accounts.Add({{"state", "active"}});
  prometheus::Gauge& logged_out = accounts.Add({{"state", "needs_login"}});

  struct Measure {
    prometheus::Family<prometheus::Gauge>* family;
    std::string label;
    std::function<Measured()> ask;
  };
  std::map<std::string, prometheus::Family<prometheus::Gauge>*> gauges;
  std::map<std::string, prometheus::Family<prometheus::Counter>*> counters;
  std::vector<std::function<void()>> refreshes;
  std::vector<Measure> measures;

  // What was counted before: looking a figure up by its labels costs more than most requests may.
  struct AnswerFigures {
    prometheus::Counter* count = nullptr;
    prometheus::Histogram* times = nullptr;
  };
  std::map<std::pair<const Route*, unsigned>, AnswerFigures> known_answers;
  std::map<ledger::EventType, prometheus::Counter*> known_events;

  prometheus::Gauge& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::count_answer(const Route* route, unsigned status, nanoseconds took) {
  const auto [found, is_new] = impl_->known_answers.try_emplace({route, status});
  if (is_new) {
    const std::string name = route != nullptr ? route->id : "none";
    found->second = {&impl_->answers.Add({{"route", name}, {"status", std::to_string(status)}}),
                     &impl_->answer_times.Add({{"route", name}}, kAnswerBuckets)};
  }
  found->second.count->Increment();
  found->second.times->Observe(std::chrono::duration<double>(took).count());
}

void Metrics::count_call(std::string_view method, std::string_view error) {
  impl_->calls.Add({{"method", std::string(method)}, {"error", std::string(error)}}).Increment();
  if (error.starts_with("FLOOD_") || error.starts_with("SLOWMODE_WAIT"))
    impl_->flood_waits.Add({{"method", std::string(method)}}).Increment();
}

void Metrics::count_event(const outbox::HubEvent& event, std::int64_t now) {
  prometheus::Counter*& counter = impl_->known_events[event.event.type];
  if (counter == nullptr)
    counter = &impl_->events.Add({{"type", std::string(ledger::name_of(event.event.type))}});
  counter->Increment();
  if (event.sent != 0)
    impl_->lag.Observe(static_cast<double>(std::max<std::int64_t>(0, now - event.sent)));
}

void Metrics::sample(const std::string& name, const std::string& help, const Labels& labels,
                     std::function<double()> ask) {
  auto& family = impl_->gauges[name];
  if (family == nullptr)
    family = &prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
  impl_->refreshes.emplace_back([&gauge = family->Add(labels), ask = std::move(ask)] { gauge.Set(ask()); });
}

void Metrics::count(const std::string& name, const std::string& help, const Labels& labels,
                    std::function<double()> ask) {
  auto& family = impl_->counters[name];
  if (family == nullptr)
    family = &prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
  impl_->refreshes.emplace_back(
      [&counter = family->Add(labels), ask = std::move(ask)] { counter.Increment(ask() - counter.Value()); });
}

void Metrics::measure(const std::string& name, const std::string& help, const std::string& label,
                      std::function<Measured()> ask) {
  impl_->measures.push_back(
      {&prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry), label, std::move(ask)});
}

asio::awaitable<std::string> Metrics::text(ReaderPool& readers, net::Deadline deadline) {
  // Copied, because the job may outlive this.
  auto read = [measures = impl_->measures](ledger::Ledger& ledger) {
    auto figures = look(ledger);
    if (figures)
      std::ranges::transform(measures, std::back_inserter(figures->measured),
                             [](const auto& one) { return one.ask(); });
    return figures;
  };
  const DiskFigures figures = co_await readers.run(read, deadline);
  const auto set = [](prometheus::Gauge& gauge, std::int64_t value) { gauge.Set(static_cast<double>(value)); };
  set(impl_->messages, figures.messages);
  set(impl_->last_event, figures.last_event);
  set(impl_->channels, figures.channels);
  set(impl_->holes, figures.holes);
  set(impl_->missing_ids, figures.missing_ids);
  set(impl_->active, figures.active);
  set(impl_->logged_out, figures.logged_out);
  for (const auto& refresh : impl_->refreshes)
    refresh();
  for (std::size_t index = 0; index < figures.measured.size(); ++index) {
    const Impl::Measure& measure = impl_->measures[index];
    for (const auto& [name, value] : figures.measured[index])
      measure.family->Add({{measure.label, name}}).Set(static_cast<double>(value));
  }
  const prometheus::TextSerializer serializer;
  co_return serializer.Serialize(impl_->registry.Collect());
}

void add_metrics_routes(RouteTable& table, ApiContext& context, Metrics& metrics) {
  Route route;
  route.path = "/metrics";
  route.id = "get_metrics";
  route.tag = "system";
  route.summary = "Figures for Prometheus";
  route.description = "Give Prometheus an API token of an admin with the scope `read`.";
  route.access = {Access::Level::Admin, Scope::Read};
  Answer answer;
  answer.description = "The figures in Prometheus's text format.";
  answer.schema = Schema::text();
  answer.example = "# HELP ledgram_messages Messages of channels in the ledger.\n# TYPE ledgram_messages gauge\n";
  answer.content_type = "text/plain";
  route.answers = {answer};
  route.handle = [&context, &metrics](Call& call) -> asio::awaitable<http::Reply> {
    http::Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = co_await metrics.text(context.readers, call.deadline());
    co_return response;
  };
  table.add(std::move(route));
}

}  // namespace ledgram::api
