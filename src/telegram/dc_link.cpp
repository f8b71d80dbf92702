#include "ledgram/telegram/dc_link.hpp"

#include "ledgram/net/task_group.hpp"
#include "ledgram/net/with_deadline.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ledgram::telegram {

namespace {

using mtproto::MtprotoErrc;
using mtproto::Obfuscation;
using mtproto::TransportKind;

/// Packets are joined into one write up to this size, so that a burst of calls is one system call.
constexpr std::size_t kWriteSize = 64 * 1024;

/// If a session asks to be called at a moment that has passed and then has nothing to do, it is not asked again at
/// once.
constexpr nanoseconds kLeastTimer = std::chrono::milliseconds(5);

/// Failures of the key exchange that no accident on the network explains.
bool is_suspicious(MtprotoErrc code) {
  switch (code) {
    case MtprotoErrc::UnknownFingerprint:
    case MtprotoErrc::NonceMismatch:
    case MtprotoErrc::BadPq:
    case MtprotoErrc::BadAnswerHash:
    case MtprotoErrc::BadAnswerPadding:
    case MtprotoErrc::BadDhGroup:
    case MtprotoErrc::BadDhValue:
    case MtprotoErrc::BadNewNonceHash:
      return true;
    default:
      return false;
  }
}

LinkLost lost_by_transport_error(std::int32_t code, const net::Address& peer) {
  const std::string server = net::to_string(peer);
  switch (code) {
    case -404:
      return {LinkEnd::KeyUnknown, server + " answered with transport error -404"};
    case -429:
      return {LinkEnd::TooManyConnections, server + " says that there are too many connections (-429)"};
    case -444:
      return {LinkEnd::WrongEnvironment, server + " does not serve this data centre or environment (-444)"};
    default:
      return {LinkEnd::Protocol, fmt::format("{} answered with transport error {}", server, code)};
  }
}

void use_secret(LinkPlan& plan, const mtproto::ParsedProxySecret& secret) {
  plan.transport.obfuscation = Obfuscation::MtproxySecret;
  plan.transport.secret = secret.key;
  plan.transport.kind = secret.transport(plan.transport.kind);
  plan.tls_host = secret.tls_host;
}

}  // namespace

std::string_view reason_of(LinkEnd end) {
  switch (end) {
    case LinkEnd::Network:
      return "network";
    case LinkEnd::Protocol:
      return "unacceptable data";
    case LinkEnd::Stuck:
      return "no answer";
    case LinkEnd::KeyUnknown:
      return "key unknown";
    case LinkEnd::TooManyConnections:
      return "too many connections";
    case LinkEnd::WrongEnvironment:
      return "wrong environment";
    case LinkEnd::BadProxy:
      return "wrong proxy";
    case LinkEnd::UntrustedServer:
      return "untrusted server";
    case LinkEnd::TemporaryKeyLost:
      return "temporary key lost";
    case LinkEnd::TemporaryKeyDue:
      return "temporary key due";
    case LinkEnd::KeySwitch:
      return "key switch";
  }
  return "unknown";
}

std::string_view reason_of(net::NetErrc code) {
  switch (code) {
    case net::NetErrc::ResolveFailed:
      return "no address";
    case net::NetErrc::ConnectFailed:
      return "cannot connect";
    case net::NetErrc::DeadlineExceeded:
      return "timed out";
    case net::NetErrc::ConnectionClosed:
      return "closed by the peer";
    case net::NetErrc::ConnectionBroken:
      return "broken";
    case net::NetErrc::ProxyRefused:
      return "refused by the proxy";
    case net::NetErrc::ProxyAuthFailed:
    case net::NetErrc::BadProxyAnswer:
      return reason_of(LinkEnd::BadProxy);
    case net::NetErrc::WorkerStopped:
      break;
  }
  return reason_of(LinkEnd::Network);
}

Way way_of(const ClientOptions& options) {
  return options.tunnel ? Way::Tunnel : Way::Direct;
}

LinkPlan plan_link(const DcOption& option, const ClientOptions& options) {
  LinkPlan plan;
  plan.transport.kind = options.transport;
  plan.transport.wire_dc = mtproto::wire_dc(option.dc, options.dcs.environment, mtproto::DcRole::Main);
  plan.tunnel = options.tunnel;
  if (options.mtproxy) {
    plan.address = options.mtproxy->address;
    use_secret(plan, {options.mtproxy->secret, options.mtproxy->disguise, options.mtproxy->tls_host});
  } else {
    plan.address = {option.host, option.port};
    if (options.obfuscated || option.tcpo_only)
      plan.transport.obfuscation = Obfuscation::Plain;
    if (const auto secret = mtproto::proxy_secret_from_bytes(option.secret))
      use_secret(plan, *secret);
  }
  // The full framing has no tag and so cannot be named in an obfuscation header.
  if (plan.transport.obfuscation != Obfuscation::None && plan.transport.kind == TransportKind::Full) {
    plan.transport.kind = TransportKind::Intermediate;
  }
  return plan;
}

DcLink::DcLink(LinkStream stream, const mtproto::TransportOptions& transport, RandomSource& random, const Clock& clock)
    : stream_(std::move(stream)), transport_(transport, random), random_(&random), clock_(&clock) {}

/// The next packet that is already here; transport errors are thrown, other signals skipped.
std::optional<mtproto::Frame> DcLink::next_frame() {
  while (true) {
    auto frame = transport_.next();
    if (!frame)
      throw LinkLost(LinkEnd::Protocol, net::to_string(stream_.peer()) + ": " + frame.error().message);
    if (!*frame)
      return std::nullopt;
    switch ((*frame)->kind) {
      case mtproto::Frame::Kind::Packet:
        return *frame;
      case mtproto::Frame::Kind::TransportError:
        throw lost_by_transport_error((*frame)->error_code, stream_.peer());
      case mtproto::Frame::Kind::QuickAck:
      case mtproto::Frame::Kind::Nop:
        break;
    }
  }
}

asio::awaitable<void> DcLink::write_packet(Bytes packet) {
  Bytes out;
  transport_.encode(packet, out);
  co_await stream_.write(out);
}

asio::awaitable<mtproto::HandshakeDone> DcLink::exchange(mtproto::ClientHandshake& handshake) {
  Bytes first = handshake.start(clock_->now());
  co_await write_packet(std::move(first));
  while (true) {
    while (const std::optional<mtproto::Frame> frame = next_frame()) {
      auto step = handshake.receive(frame->payload, clock_->now());
      if (!step) {
        const LinkEnd end = is_suspicious(step.error().code) ? LinkEnd::UntrustedServer : LinkEnd::Protocol;
        throw LinkLost(end, fmt::format("the key exchange with {} failed: {}", net::to_string(stream_.peer()),
                                        step.error().message));
      }
      if (auto* done = std::get_if<mtproto::HandshakeDone>(&*step))
        co_return std::move(*done);
      Bytes answer = std::move(std::get<mtproto::SendPacket>(*step).packet);
      co_await write_packet(std::move(answer));
    }
    const ByteView bytes = co_await stream_.receive();
    transport_.feed(bytes);
  }
}

asio::awaitable<mtproto::HandshakeDone> DcLink::make_key(mtproto::HandshakeOptions options,
                                                         crypto::DhGroupCache& primes) {
  const net::Deadline deadline = net::deadline_after(options.time_limit);
  mtproto::ClientHandshake handshake(std::move(options), *random_, primes);
  asio::awaitable<mtproto::HandshakeDone> exchanging = exchange(handshake);
  std::string what = "the key exchange with " + net::to_string(stream_.peer());
  co_return co_await net::with_deadline(std::move(exchanging), deadline, std::move(what));
}

asio::awaitable<void> DcLink::read_packets(Serving serving) {
  while (true) {
    while (const std::optional<mtproto::Frame> frame = next_frame()) {
      const auto taken = serving.session->receive(frame->payload, clock_->now());
      serving.hooks->on_events();
      if (!taken) {
        throw LinkLost(LinkEnd::Protocol, fmt::format("a message from {} was not acceptable: {}",
                                                      net::to_string(stream_.peer()), taken.error().message));
      }
      serving.hooks->on_packet();
    }
    // There may be something to acknowledge, and the session's next deadline may have moved.
    serving.wake->set();
    if (serving.hooks->before_reading) {
      asio::awaitable<void> permission = serving.hooks->before_reading();
      co_await std::move(permission);
    }
    const ByteView bytes = co_await stream_.receive();
    transport_.feed(bytes);
  }
}

asio::awaitable<void> DcLink::write_packets(Serving serving) {
  Bytes out;
  while (true) {
    const Instant now = clock_->now();
    serving.session->on_timer(now);
    serving.hooks->on_events();
    out.clear();
    while (out.size() < kWriteSize) {
      const std::optional<Bytes> packet = serving.session->next_packet(now);
      if (!packet)
        break;
      transport_.encode(*packet, out);
    }
    serving.hooks->on_events();
    if (!out.empty()) {
      co_await stream_.write(out);
      continue;
    }
    if (serving.hooks->on_idle)
      serving.hooks->on_idle();
    const std::optional<nanoseconds> due = serving.session->next_deadline();
    const net::Deadline deadline =
        due ? net::deadline_at(std::max(*due, now.monotonic + kLeastTimer)) : net::kNoDeadline;
    co_await serving.wake->wait(deadline);
  }
}

asio::awaitable<void> DcLink::serve(mtproto::ClientSession& session, net::Event& wake, LinkHooks hooks) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  net::TaskGroup halves(executor);
  const Serving serving{&session, &wake, &hooks};
  halves.spawn("reader", read_packets(serving));
  halves.spawn("writer", write_packets(serving));
  co_await halves.join();
}

}  // namespace ledgram::telegram
