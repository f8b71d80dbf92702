#include "ledgram/sim_server/test_client.hpp"

#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/writer.hpp"

#include <gtest/gtest.h>

#include <poll.h>

#include <algorithm>
#include <utility>

namespace ledgram::sim {

namespace {

using asio::ip::tcp;

tcp::socket connect(asio::io_context& context, std::uint16_t port, std::uint8_t from) {
  tcp::socket socket(context, tcp::v4());
  socket.bind({asio::ip::address_v4({127, 0, 0, from}), 0});
  socket.connect({asio::ip::address_v4::loopback(), port});
  socket.set_option(tcp::no_delay(true));
  return socket;
}

}  // namespace

TestClient::TestClient(std::uint16_t port, const mtproto::TransportOptions& transport, std::uint8_t from)
    : socket_(connect(context_, port, from)),
      transport_(transport, random_),
      deadline_(std::chrono::steady_clock::now() + kTestLimit) {}

std::optional<TestKey> TestClient::exchange_keys(const crypto::RsaPublicKey& server_key, std::int32_t wire_dc,
                                                 std::optional<std::chrono::seconds> lifetime) {
  mtproto::HandshakeOptions options;
  options.keys.push_back(server_key);
  options.wire_dc = wire_dc;
  options.temporary_for = lifetime;
  auto key = exchange(std::move(options));
  if (key)
    return std::move(*key);
  ADD_FAILURE() << "key exchange: " << key.error().message;
  return std::nullopt;
}

std::optional<mtproto::MtprotoErrc> TestClient::failed_exchange(const crypto::RsaPublicKey& server_key,
                                                                std::int32_t wire_dc) {
  mtproto::HandshakeOptions options;
  options.keys.push_back(server_key);
  options.wire_dc = wire_dc;
  const auto key = exchange(std::move(options));
  if (key)
    return std::nullopt;
  return key.error().code;
}

Result<TestKey, mtproto::MtprotoError> TestClient::exchange(mtproto::HandshakeOptions options) {
  mtproto::ClientHandshake handshake(std::move(options), random_, primes_);
  send_packet(handshake.start(clock_.now()));
  while (!end_) {
    const auto frame = next_frame();
    if (!frame)
      break;
    auto step = handshake.receive(frame->payload, clock_.now());
    if (!step)
      return std::unexpected(std::move(step.error()));
    if (const auto* next = std::get_if<mtproto::SendPacket>(&*step)) {
      send_packet(next->packet);
    } else {
      auto& done = std::get<mtproto::HandshakeDone>(*step);
      return TestKey{done.key, mtproto::Salt(done.first_salt)};
    }
  }
  return std::unexpected(mtproto::MtprotoError{mtproto::MtprotoErrc::SessionClosed, "the connection was closed"});
}

CallEnd TestClient::call_made_for(std::function<Bytes(MsgId, SessionId)> make_body) {
  mtproto::SendOptions options;
  options.make_body = std::move(make_body);
  const auto id = session_->send(Bytes(4), clock_.now(), std::move(options));
  flush();
  return wait_for(id);
}

void TestClient::begin_session(const TestKey& key) {
  mtproto::ClientSessionOptions options{
      .auth_key = key.key, .session_id = {}, .salt = key.salt, .clock_offset = {}, .times = {}};
  session_.emplace(std::move(options), random_);
  session_->on_connected(clock_.now());
}

void TestClient::take_session(TestClient& from) {
  session_ = std::move(from.session_);
  from.session_.reset();
  session_->on_disconnected(clock_.now());
  session_->on_connected(clock_.now());
}

CallEnd TestClient::call(Bytes request) {
  return wait_for(send(std::move(request)));
}

mtproto::RequestId TestClient::send(Bytes request) {
  const auto id = session_->send(std::move(request), clock_.now());
  flush();
  return id;
}

CallEnd TestClient::wait_for(mtproto::RequestId request) {
  std::optional<CallEnd> result;
  pump([&] {
    const auto found = std::ranges::find(answers_, request, [](const auto& answer) { return answer.first; });
    if (found == answers_.end())
      return false;
    result = std::move(found->second);
    answers_.erase(found);
    return true;
  });
  return result ? *result : end_.value_or(CallEnd{.kind = CallEnd::Kind::Closed});
}

std::optional<Bytes> TestClient::wait_for_update() {
  pump([&] { return !updates_.empty(); });
  if (updates_.empty())
    return std::nullopt;
  Bytes update = std::move(updates_.front());
  updates_.erase(updates_.begin());
  return update;
}

CallEnd TestClient::wait_for_end() {
  pump([] { return false; });
  return end_.value_or(CallEnd{});
}

void TestClient::wait_until_refused() {
  refusal_expected_ = true;
  pump([] { return false; });
  EXPECT_FALSE(refusal_expected_) << "everything could be taken";
}

void TestClient::send_packet(ByteView packet) {
  Bytes out;
  transport_.encode(packet, out);
  boost::system::error_code problem;
  asio::write(socket_, asio::buffer(out), problem);
  if (problem)
    end_ = CallEnd{.kind = CallEnd::Kind::Closed};
}

bool TestClient::flush() {
  Bytes out;
  while (auto packet = session_->next_packet(clock_.now()))
    transport_.encode(*packet, out);
  if (out.empty())
    return true;
  boost::system::error_code problem;
  asio::write(socket_, asio::buffer(out), problem);
  return !problem;
}

bool TestClient::read_more() {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
  auto patience = std::max(left, std::chrono::milliseconds(0));
  if (session_) {
    if (const auto due = session_->next_deadline()) {
      const auto until_due = std::chrono::ceil<std::chrono::milliseconds>(*due - clock_.now().monotonic);
      patience = std::clamp(until_due, std::chrono::milliseconds(0), patience);
    }
  }
  pollfd descriptor{.fd = socket_.native_handle(), .events = POLLIN, .revents = 0};
  const int ready = ::poll(&descriptor, 1, static_cast<int>(patience.count()));
  if (ready == 0) {
    if (left.count() <= 0) {
      ADD_FAILURE() << "nothing came within the test's limit";
      end_ = CallEnd{.kind = CallEnd::Kind::Closed};
      return false;
    }
    if (session_)
      session_->on_timer(clock_.now());
    return true;
  }
  Bytes buffer(64 * 1024);
  boost::system::error_code problem;
  const std::size_t count = socket_.read_some(asio::buffer(buffer), problem);
  if (problem) {
    end_ = CallEnd{.kind = CallEnd::Kind::Closed, .in_the_middle = transport_.in_the_middle()};
    return false;
  }
  transport_.feed(ByteView(buffer).first(count));
  return true;
}

std::optional<mtproto::Frame> TestClient::next_frame() {
  while (!end_) {
    auto frame = transport_.next();
    if (!frame) {
      ADD_FAILURE() << "frame: " << frame.error().message;
      end_ = CallEnd{.kind = CallEnd::Kind::Closed};
      return std::nullopt;
    }
    if (!*frame) {
      if (!read_more())
        return std::nullopt;
      continue;
    }
    if ((*frame)->kind == mtproto::Frame::Kind::Packet)
      return **frame;
    if ((*frame)->kind == mtproto::Frame::Kind::TransportError) {
      end_ = CallEnd{.kind = CallEnd::Kind::TransportError, .code = (*frame)->error_code};
    }
  }
  return std::nullopt;
}

template <class Done>
void TestClient::pump(Done done) {
  while (!end_ && !done()) {
    if (session_)
      flush();
    auto frame = transport_.next();
    if (!frame) {
      if (!std::exchange(refusal_expected_, false))
        ADD_FAILURE() << "frame: " << frame.error().message;
      end_ = CallEnd{.kind = CallEnd::Kind::Closed};
      return;
    }
    if (!*frame) {
      read_more();
      continue;
    }
    if ((*frame)->kind == mtproto::Frame::Kind::TransportError) {
      end_ = CallEnd{.kind = CallEnd::Kind::TransportError, .code = (*frame)->error_code};
      return;
    }
    if ((*frame)->kind != mtproto::Frame::Kind::Packet || !session_)
      continue;
    const auto received = session_->receive((*frame)->payload, clock_.now());
    if (!received) {
      if (!std::exchange(refusal_expected_, false))
        ADD_FAILURE() << "session: " << received.error().message;
      end_ = CallEnd{.kind = CallEnd::Kind::Closed};
      return;
    }
    while (auto event = session_->poll_event()) {
      if (auto* answer = std::get_if<mtproto::RpcResult>(&*event)) {
        answers_.emplace_back(answer->request, CallEnd{.body = std::move(answer->body)});
      } else if (auto* error = std::get_if<mtproto::RpcError>(&*event)) {
        answers_.emplace_back(error->request,
                              CallEnd{.kind = CallEnd::Kind::RpcError, .code = error->code, .message = error->message});
      } else if (auto* update = std::get_if<mtproto::UpdateReceived>(&*event)) {
        updates_.push_back(std::move(update->body));
      } else if (std::holds_alternative<mtproto::NewSessionCreated>(*event)) {
        ++new_sessions_;
      }
    }
  }
}

Bytes get_config() {
  tl::Writer out;
  out.u32(0xc4f9186b);
  return out.take();
}

Bytes init_connection(ByteView query) {
  tl::Writer out;
  out.u32(0xda9b0d0d);  // invokeWithLayer
  out.i32(223);
  out.u32(0xc1cd5ea9);  // initConnection
  out.u32(0);
  out.i32(17349);
  for (const char* text : {"test", "1", "1", "en", "", "en"})
    out.string(text);
  out.raw(query);
  return out.take();
}

Bytes send_code(std::string_view phone) {
  tl::Writer out;
  out.u32(0xa677244f);
  out.string(phone);
  out.i32(17349);
  out.string("344583e45741c457fe1862106095a5eb");
  out.u32(0xad253d78);  // codeSettings
  out.u32(0);
  return out.take();
}

std::string phone_code_hash_of(ByteView sent_code) {
  tl::Reader in(sent_code);
  EXPECT_EQ(in.u32(), 0x5e002502U) << "auth.sentCode";
  in.u32();
  in.u32();
  in.i32();
  return in.string();
}

Bytes sign_in(std::string_view phone, std::string_view hash, std::string_view code) {
  tl::Writer out;
  out.u32(0x8d52a951);
  out.u32(1);
  out.string(phone);
  out.string(hash);
  out.string(code);
  return out.take();
}

Bytes resolve_username(std::string_view username) {
  tl::Writer out;
  out.u32(0x725afbbc);
  out.u32(0);
  out.string(username);
  return out.take();
}

Bytes get_state() {
  tl::Writer out;
  out.u32(0xedd4882a);
  return out.take();
}

std::uint32_t constructor_of(ByteView body) {
  return body.size() < 4 ? 0 : load_le32(body);
}

}  // namespace ledgram::sim
