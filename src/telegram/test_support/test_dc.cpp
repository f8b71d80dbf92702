#include "ledgram/telegram/test_support/test_dc.hpp"

#include "ledgram/mtproto/encrypted_message.hpp"
#include "ledgram/mtproto/key_binding.hpp"
#include "ledgram/net/error.hpp"

#include <algorithm>

namespace ledgram::telegram::test {

namespace api = tl::api;
using asio::ip::tcp;

const crypto::RsaPrivateKey& test_server_key() {
  static const crypto::RsaPrivateKey key = crypto::RsaPrivateKey::generate();
  return key;
}

TestDc::TestDc(asio::any_io_executor executor, DcId id, const crypto::RsaPrivateKey& key,
               std::optional<mtproto::ProxySecret> proxy_secret)
    : executor_(executor),
      open_changed_(executor),
      id_(id),
      key_(&key),
      transport_options_{proxy_secret},
      acceptor_(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      tasks_(executor, [](std::string_view, std::exception_ptr) {}) {
  on<api::help_getConfig>([this](const TestCall&) { return config(); });
  tasks_.spawn("accept", accept_all());
}

DcOption TestDc::option() const {
  DcOption option;
  option.dc = id_;
  option.host = "127.0.0.1";
  option.port = acceptor_.local_endpoint().port();
  return option;
}

TestReply TestDc::config() const {
  api::config config;
  config.this_dc = id_.value();
  config.me_url_prefix = "https://t.me/";
  return answer_with(config);
}

std::size_t TestDc::calls_of(std::uint32_t method) const {
  const auto found = counts_.find(method);
  return found == counts_.end() ? 0 : found->second;
}

void TestDc::drop_connections() {
  for (const auto& connection : open_)
    connection->stream.close();
}

void TestDc::stop_listening() {
  acceptor_.close();
  drop_connections();
}

void TestDc::answer_packets_with(std::int32_t transport_error, std::size_t count) {
  packet_error_ = transport_error;
  packet_errors_left_ = count;
}

void TestDc::answer_connections_with(std::int32_t transport_error, std::size_t count) {
  connection_error_ = transport_error;
  connection_errors_left_ = count;
}

void TestDc::forget_keys() {
  // Connections may still point to the sessions.
  for (auto& [id, key] : keys_)
    forgotten_.push_back(std::move(key));
  keys_.clear();
}

void TestDc::forget_temporary_keys() {
  std::vector<AuthKeyId> ids;
  for (const auto& [id, key] : keys_) {
    if (key->expires)
      ids.push_back(id);
  }
  for (const AuthKeyId id : ids)
    forget(id);
}

void TestDc::forget(AuthKeyId id) {
  const auto found = keys_.find(id);
  if (found == keys_.end())
    return;
  forgotten_.push_back(std::move(found->second));
  keys_.erase(found);
}

void TestDc::forget_bindings() {
  for (auto& [id, key] : keys_)
    key->bound_to.reset();
}

void TestDc::black_hole_open_connections() {
  for (const auto& connection : open_) {
    connection->silent = true;
    connection->sessions.clear();  // what they have to say waits for another connection
  }
}

void TestDc::refuse_bindings(std::string text, std::size_t count) {
  binding_error_ = std::move(text);
  binding_errors_left_ = count;
}

void TestDc::forget_sessions() {
  for (auto& [id, key] : keys_) {
    for (auto& [session_id, session] : key->sessions)
      forgotten_sessions_.push_back(std::move(session));
    key->sessions.clear();
  }
}

void TestDc::push(const Bytes& object) {
  for (const auto& [id, key] : keys_) {
    for (const auto& [session_id, session] : key->sessions)
      session->push(object, clock_.now());
  }
  for (const auto& connection : open_)
    connection->wake.set();
}

asio::awaitable<void> TestDc::wait_for_open_connections(std::size_t count) {
  const bool in_time = co_await open_changed_.wait_until([this, count] { return open_.size() == count; },
                                                         net::deadline_after(std::chrono::seconds(20)));
  if (!in_time)
    throw net::NetFailure({net::NetErrc::DeadlineExceeded, "connections did not close"});
}

asio::awaitable<void> TestDc::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  drop_connections();
  co_await tasks_.stop();
}

asio::awaitable<void> TestDc::accept_all() {
  while (true) {
    auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error)
      co_return;
    ++connections_made_;
    connection_times_.push_back(clock_.now());
    const net::Address peer{"client", 0};
    net::Stream stream(std::move(socket), peer);
    auto connection = std::make_shared<Connection>(std::move(stream), transport_options_, *key_, random_, executor_,
                                                   handshake_faults_);
    open_.push_back(connection);
    tasks_.spawn("connection", serve(connection));
  }
}

asio::awaitable<void> TestDc::serve(std::shared_ptr<Connection> connection) {
  net::TaskGroup halves(executor_);
  halves.spawn("read", read_all(connection));
  halves.spawn("write", write_all(connection));
  try {
    co_await halves.join();
  } catch (const net::NetFailure&) {
    // The client has gone, or the test closed the connection.
  }
  connection->stream.close();
  for (mtproto::ServerSession* session : connection->sessions) {
    const bool elsewhere = std::any_of(open_.begin(), open_.end(), [&](const auto& other) {
      return other != connection && other->sessions.contains(session);
    });
    if (!elsewhere)
      session->on_disconnected(clock_.now());
  }
  std::erase(open_, connection);
  open_changed_.notify_all();
}

asio::awaitable<void> TestDc::read_all(std::shared_ptr<Connection> connection) {
  Bytes buffer(64 * 1024);
  bool greeted = false;
  while (true) {
    const std::size_t count = co_await connection->stream.read_some(buffer);
    if (connection->silent)
      continue;
    connection->transport.feed(ByteView(buffer).first(count));
    while (!connection->closing) {
      const auto frame = connection->transport.next();
      if (!frame)
        throw net::NetFailure({net::NetErrc::ConnectionBroken, frame.error().message});
      if (!std::exchange(greeted, greeted || connection->transport.detected()) && connection->transport.detected()) {
        requested_dc_ = connection->transport.requested_dc();
        last_transport_ = connection->transport.kind();
        if (connection_errors_left_ > 0) {
          --connection_errors_left_;
          fail(*connection, connection_error_);
          break;
        }
      }
      if (!*frame)
        break;
      if ((*frame)->kind == mtproto::Frame::Kind::Packet)
        take_packet(*connection, (*frame)->payload);
    }
    connection->wake.set();
  }
}

asio::awaitable<void> TestDc::write_all(std::shared_ptr<Connection> connection) {
  while (true) {
    const Instant now = clock_.now();
    std::optional<nanoseconds> due;
    for (mtproto::ServerSession* session : connection->sessions) {
      session->on_timer(now);
      while (const std::optional<Bytes> packet = session->next_packet(now)) {
        connection->transport.encode(*packet, connection->out);
      }
      const std::optional<nanoseconds> next = session->next_deadline();
      if (next && (!due || *next < *due))
        due = next;
    }
    if (connection->silent)
      connection->out.clear();
    if (!connection->out.empty()) {
      const Bytes out = std::exchange(connection->out, {});
      co_await connection->stream.write(out);
      continue;
    }
    if (connection->closing)
      throw net::NetFailure({net::NetErrc::ConnectionClosed, "closed by the test"});
    const nanoseconds soonest = now.monotonic + std::chrono::milliseconds(5);
    const net::Deadline deadline = due ? net::deadline_at(std::max(*due, soonest)) : net::kNoDeadline;
    co_await connection->wake.wait(deadline);
  }
}

void TestDc::fail(Connection& connection, std::int32_t transport_error) {
  connection.transport.encode_error(transport_error, connection.out);
  connection.sessions.clear();
  connection.closing = true;
  connection.wake.set();
}

void TestDc::take_packet(Connection& connection, ByteView packet) {
  const std::optional<AuthKeyId> key = mtproto::auth_key_id_of(packet);
  if (!key)
    return fail(connection, -404);
  if (key->value() != 0)
    return take_encrypted(connection, packet);
  auto step = connection.handshake.receive(packet, clock_.now());
  if (!step)
    return fail(connection, -404);
  connection.transport.encode(step->reply, connection.out);
  if (!step->new_key)
    return;
  const bool temporary = step->new_key->lifetime == mtproto::KeyLifetime::Temporary;
  ++(temporary ? temporary_keys_made_ : keys_made_);
  const AuthKeyId id = step->new_key->key.id();
  auto made = std::make_unique<Key>(std::move(step->new_key->key));
  made->salts = std::make_unique<mtproto::ServerSalts>(mtproto::Salt(step->new_key->salt), clock_.now(), random_);
  if (temporary) {
    lifetimes_asked_.push_back(step->new_key->expires_in);
    const nanoseconds life = longest_life_ ? *longest_life_ : nanoseconds(step->new_key->expires_in);
    made->expires = clock_.now().unix_time + life;
  }
  keys_[id] = std::move(made);
}

void TestDc::take_encrypted(Connection& connection, ByteView packet) {
  if (std::exchange(close_at_next_packet_, false)) {
    connection.stream.close();
    return;
  }
  if (packet_errors_left_ > 0) {
    --packet_errors_left_;
    return fail(connection, packet_error_);
  }
  const auto found = keys_.find(*mtproto::auth_key_id_of(packet));
  if (found == keys_.end())
    return fail(connection, -404);
  Key& key = *found->second;
  if (key.expires && *key.expires <= clock_.now().unix_time)
    return fail(connection, -404);
  Bytes scratch;
  const auto message = mtproto::decrypt_message(key.key, crypto::Direction::ToServer, packet, scratch);
  if (!message)
    return fail(connection, -404);
  std::unique_ptr<mtproto::ServerSession>& session = key.sessions[message->session_id];
  const Instant now = clock_.now();
  if (!session) {
    session = std::make_unique<mtproto::ServerSession>(key.key, message->session_id, *key.salts, random_);
  } else if (!connection.sessions.contains(session.get())) {
    session->on_connected(now);
  }
  connection.sessions.insert(session.get());
  connection.used_key = permanent_of(key);
  doubled_uses_ += static_cast<std::size_t>(std::count_if(open_.begin(), open_.end(), [&](const auto& other) {
    return other.get() != &connection && !other->closing && other->stream.socket().is_open() &&
           other->used_key == connection.used_key;
  }));
  session->receive(*message, now);
  take_events(connection, key, *session);
}

void TestDc::take_events(Connection& connection, Key& key, mtproto::ServerSession& session) {
  while (auto event = session.poll_event()) {
    if (auto* request = std::get_if<mtproto::RequestReceived>(&*event)) {
      run_call(connection, key, session, request->msg_id, std::move(request->body));
    } else if (const auto* destroy = std::get_if<mtproto::DestroyAuthKeyRequested>(&*event)) {
      session.answer_destroy_auth_key(destroy->msg_id, clock_.now());
      if (!key.expires)
        ++keys_destroyed_;
      forget(key.key.id());
    } else if (const auto* unused = std::get_if<mtproto::DestroySessionRequested>(&*event)) {
      destroyed_.push_back(unused->session);
      session.answer_destroy_session(unused->msg_id, unused->session, mtproto::DestroyResult::Destroyed, clock_.now());
    } else if (const auto* acked = std::get_if<mtproto::AnswerAcked>(&*event)) {
      acked_.push_back(acked->request);
    } else if (const auto* dropped = std::get_if<mtproto::RequestDropped>(&*event)) {
      dropped_.push_back(dropped->request);
    }
  }
}

void TestDc::run_call(Connection& connection, Key& key, mtproto::ServerSession& session, MsgId id, Bytes body) {
  TestCall call;
  call.key = permanent_of(key);
  call.wire_key = key.key.id();
  call.session = session.id();
  if (const auto outer = tl::parse<api::invokeWithLayer>(body)) {
    if (const auto init = tl::parse<api::initConnection>(outer->query.bytes)) {
      call.wrapped = true;
      call.api_id = init->api_id;
      call.device_model = init->device_model;
      body = init->query.bytes;
    }
  }
  call.method = body.size() >= 4 ? load_le32(body) : 0;
  call.body = std::move(body);
  ++counts_[call.method];
  const bool binds = call.method == api::auth_bindTempAuthKey::kId;
  if (call.method != api::help_getConfig::kId && !binds)
    log_.push_back(call);

  const auto handler = handlers_.find(call.method);
  TestReply reply = Refuse{400, "METHOD_INVALID"};
  if (binds) {
    reply = bind(key, session.id(), id, call);
  } else if (key.expires && !key.bound_to && call.method != api::help_getConfig::kId) {
    reply = Refuse{401, "AUTH_KEY_PERM_EMPTY"};
  } else if (!key.initialised && !call.wrapped) {
    reply = Refuse{400, "CONNECTION_NOT_INITED"};
  } else if (handler != handlers_.end()) {
    key.initialised = true;
    reply = handler->second(call);
  }
  const Instant now = clock_.now();
  if (auto* result = std::get_if<Bytes>(&reply)) {
    session.answer(id, std::move(*result), now);
  } else if (const auto* refusal = std::get_if<Refuse>(&reply)) {
    session.answer_error(id, refusal->code, refusal->text, now);
  } else if (auto* drop = std::get_if<DropConnection>(&reply)) {
    // As when the cable is cut: what is answered from now on does not arrive before the client comes again.
    session.on_disconnected(now);
    connection.sessions.erase(&session);
    session.answer(id, std::move(drop->then), now);
    connection.stream.close();
  }
}

/// Everything that core.telegram.org/method/auth.bindTempAuthKey asks for.
TestReply TestDc::bind(Key& key, SessionId session, MsgId id, const TestCall& call) {
  if (binding_errors_left_ > 0) {
    --binding_errors_left_;
    return Refuse{400, binding_error_};
  }
  const auto method = call.as<api::auth_bindTempAuthKey>();
  const AuthKeyId permanent(static_cast<std::uint64_t>(method.perm_auth_key_id));
  const auto found = keys_.find(permanent);
  if (!key.expires || found == keys_.end() || found->second->expires)
    return Refuse{400, "ENCRYPTED_MESSAGE_INVALID"};
  const auto opened = mtproto::open_key_binding(found->second->key, method.encrypted_message);
  const mtproto::KeyBinding expected{.nonce = method.nonce,
                                     .temporary_key = key.key.id(),
                                     .permanent_key = permanent,
                                     .session = session,
                                     .expires_at = std::chrono::seconds(method.expires_at)};
  if (!opened || opened->binding != expected || opened->msg_id != id)
    return Refuse{400, "ENCRYPTED_MESSAGE_INVALID"};
  // Others stay bound: the session for files has a temporary key of its own, as TDLib's have.
  key.bound_to = permanent;
  key.initialised = false;
  Bytes yes(4);
  store_le32(yes, 0x997275b5);  // boolTrue
  return yes;
}

}  // namespace ledgram::telegram::test
