#include "ledgram/app/doctor_network.hpp"

#include "ledgram/app/clients.hpp"
#include "ledgram/crypto/dh.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/with_deadline.hpp"
#include "ledgram/telegram/dc_link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace ledgram::app {

namespace {

using cli::Finding;
using cli::Health;
using std::chrono::seconds;

/// Telegram refuses messages that are 30 s ahead or 300 s behind
/// (core.telegram.org/mtproto/description#message-identifier-msg-id).
constexpr seconds kBearableOffset{30};

double milliseconds_of(nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

/// What one data centre did.
struct Probe {
  explicit Probe(DcId asked) : dc(asked) {}

  DcId dc;
  bool answered = false;
  net::Address address;
  nanoseconds connecting{};
  nanoseconds exchanging{};
  seconds offset{};
  std::string problem;  ///< of the last address that was tried
  std::string advice = "check the network and the proxy; a firewall may block Telegram";
};

class Prober {
 public:
  Prober(const telegram::ClientOptions& options, RandomSource& random, const Clock& clock)
      : options_(options), random_(random), clock_(clock) {}

  /// Tries the addresses of the data centre until one works. Throws cancellation only.
  asio::awaitable<void> probe(Probe& probe) {
    std::vector<telegram::DcOption> addresses = options_.dcs.addresses(probe.dc, telegram::way_of(options_));
    if (options_.mtproxy)
      addresses.resize(std::min<std::size_t>(addresses.size(), 1));  // the proxy knows them
    for (const telegram::DcOption& option : addresses) {
      co_await try_address(option, probe);
      if (probe.answered)
        co_return;
    }
  }

 private:
  asio::awaitable<void> try_address(const telegram::DcOption& option, Probe& probe) {
    std::string problem;
    try {
      co_await exchange(option, probe);
    } catch (const net::NetFailure& failure) {
      problem = failure.what();
      if (!failure.error().retryable())
        probe.advice = "correct the proxy: ledgram account proxy, or the proxy setting in ledgram.toml";
    } catch (const telegram::LinkLost& lost) {
      problem = lost.what();
      if (lost.end() == telegram::LinkEnd::UntrustedServer)
        probe.advice = "what answers there is not Telegram, so do not log in over this connection";
    }
    // An IPv4 address that fails says more than the lack of IPv6 behind it.
    if (!problem.empty() && (probe.problem.empty() || !option.ipv6))
      probe.problem = std::move(problem);
  }

  asio::awaitable<void> exchange(const telegram::DcOption& option, Probe& probe) {
    const telegram::LinkPlan plan = telegram::plan_link(option, options_);
    const nanoseconds begin = clock_.now().monotonic;
    const net::Deadline deadline = net::deadline_after(options_.dial_time);
    telegram::LinkStream stream = co_await telegram::open_stream(plan, deadline, clock_.now().unix_time, random_);
    const nanoseconds connected = clock_.now().monotonic;
    telegram::DcLink link(std::move(stream), plan.transport, random_, clock_);
    mtproto::HandshakeOptions handshake;
    handshake.keys = options_.dcs.rsa_keys;
    handshake.wire_dc = mtproto::wire_dc(option.dc, options_.dcs.environment, mtproto::DcRole::Main);
    handshake.time_limit = options_.dial_time;
    const mtproto::HandshakeDone done = co_await link.make_key(std::move(handshake), primes_);
    probe.answered = true;
    probe.address = plan.address;
    probe.connecting = connected - begin;
    probe.exchanging = clock_.now().monotonic - connected;
    probe.offset = done.server_time_offset;
  }

  const telegram::ClientOptions& options_;
  RandomSource& random_;
  const Clock& clock_;
  crypto::DhGroupCache primes_;
};

/// Ends with the probe or at its time, whichever is first.
asio::awaitable<void> run_probe(Prober& prober, Probe& probe) {
  asio::awaitable<void> probing = prober.probe(probe);
  std::string what = fmt::format("asking data centre {}", probe.dc.value());
  const net::Deadline deadline = net::deadline_after(kProbeTime);
  try {
    co_await net::with_deadline(std::move(probing), deadline, std::move(what));
  } catch (const net::NetFailure& late) {
    if (probe.problem.empty())
      probe.problem = late.what();
  }
}

Finding finding_of(const Probe& probe) {
  const std::string check = fmt::format("data centre {}", probe.dc.value());
  if (!probe.answered)
    return {Health::Problem, check, probe.problem, probe.advice};
  return {
      Health::Ok,
      check,
      fmt::format("{}, connected in {:.0f} ms, key exchange in {:.0f} ms, clock {:+d} s", net::to_string(probe.address),
                  milliseconds_of(probe.connecting), milliseconds_of(probe.exchanging), probe.offset.count()),
      {}};
}

std::vector<Probe> probes_for(const telegram::DcTable& table) {
  std::set<DcId> ids;
  for (const telegram::DcOption& option : table.options) {
    if (!table.addresses(option.dc, telegram::Way::Direct).empty())
      ids.insert(option.dc);
  }
  return {ids.begin(), ids.end()};
}

}  // namespace

cli::Finding clock_finding(seconds offset) {
  Finding finding{Health::Ok, "clock", fmt::format("{:+d} s from Telegram's", offset.count()), {}};
  if (offset > kBearableOffset || offset < -kBearableOffset) {
    finding.health = Health::Warning;
    finding.text = fmt::format("this machine's clock is {} s {} Telegram's", std::abs(offset.count()),
                               offset.count() > 0 ? "behind" : "ahead of");
    finding.advice = "set it, for example with: timedatectl set-ntp true";
  }
  return finding;
}

asio::awaitable<void> check_network(const Config& config, const AccountRoute& route, RandomSource& random,
                                    const Clock& clock, const ProgressLine& progress, Findings& findings) {
  const telegram::ClientOptions options = client_options(config, route);
  std::vector<Probe> probes = probes_for(options.dcs);
  Prober prober(options, random, clock);
  const std::string way = route.proxy ? "through " + telegram::describe(*route.proxy) : "without a proxy";
  std::size_t ended = 0;
  const auto tell = [&] {
    progress(
        fmt::format("{}: {} of {} data centres asked, {} s at most", way, ended, probes.size(), kProbeTime.count()));
  };
  tell();
  net::TaskGroup group(co_await asio::this_coro::executor);
  for (Probe& probe : probes) {
    group.spawn(fmt::format("probe of data centre {}", probe.dc.value()), [&]() -> asio::awaitable<void> {
      co_await run_probe(prober, probe);
      ++ended;
      tell();
    });
  }
  co_await group.join();

  const Probe* first = nullptr;
  findings.push_back({Health::Ok, "network", fmt::format("{} ({})", way, route.name), {}});
  for (const Probe& probe : probes) {
    findings.push_back(finding_of(probe));
    if (probe.answered && first == nullptr)
      first = &probe;
  }
  if (first != nullptr)
    findings.push_back(clock_finding(first->offset));
}

}  // namespace ledgram::app
