#pragma once

/// Figures of the service for Prometheus. Counted on the event loop as things happen, asked for when /metrics is read.

#include "ledgram/api/context.hpp"
#include "ledgram/api/route.hpp"
#include "ledgram/outbox/event_hub.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace ledgram::api {

/// Lives on the event loop, as long as whatever counts here.
class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// For Gateway::on_answer.
  void count_answer(const Route* route, unsigned status, nanoseconds took);
  /// For ClientOptions::on_call; flood waits are counted besides.
  void count_call(std::string_view method, std::string_view error);
  /// For EventHub::on_event. `now` in unix seconds.
  void count_event(const outbox::HubEvent& event, std::int64_t now);

  /// A figure that is asked for each time; `ask` is called on the loop and must not block.
  void sample(const std::string& name, const std::string& help, const Labels& labels, std::function<double()> ask);
  /// As sample(), for a figure that only grows, from 0 on.
  void count(const std::string& name, const std::string& help, const Labels& labels, std::function<double()> ask);

  /// By the value of a label.
  using Measured = std::map<std::string, std::uintmax_t>;
  /// Figures of what takes a look at the disk. `ask` is called on a reader's thread and must outlive the readers.
  void measure(const std::string& name, const std::string& help, const std::string& label,
               std::function<Measured()> ask);

  /// The text of version 0.0.4, with what the ledger says as well.
  asio::awaitable<std::string> text(ReaderPool& readers, net::Deadline deadline);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// GET /metrics, for admins and their tokens.
void add_metrics_routes(RouteTable& table, ApiContext& context, Metrics& metrics);

}  // namespace ledgram::api
