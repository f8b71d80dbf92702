#pragma once

/// The inside of Client: client.cpp (life), client_invoke.cpp (calls), client_files.cpp (sessions for files),
/// client_login.cpp (login by code, password and bot token), client_qr.cpp (login by QR code), client_updates.cpp (what
/// arrives unasked).

#include "ledgram/crypto/dh.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/telegram/client.hpp"
#include "ledgram/telegram/dc_connection.hpp"
#include "ledgram/tl/api.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace ledgram::telegram {

struct Client::Impl : std::enable_shared_from_this<Client::Impl> {
  Impl(asio::any_io_executor executor, ClientOptions options, KeyStore& keys, RandomSource& random, const Clock& clock);

  // Life (client.cpp)
  asio::awaitable<void> start();
  asio::awaitable<void> close();
  asio::awaitable<void> load();
  asio::awaitable<void> save();
  asio::awaitable<void> erase();
  asio::awaitable<void> wait_for_store();
  void begin_login(StoredSession session);
  [[nodiscard]] std::optional<StoredSession> session_to_store() const;
  void throw_if_ended() const;
  /// Ends every call and connection for good with this error.
  void end(TelegramError error);

  // Connections (client.cpp)
  struct Dc {
    std::shared_ptr<DcConnection> connection;
    bool authorized = false;  ///< the account may call methods there
    bool importing = false;   ///< its authorization is on the way there
  };
  Dc& dc(DcId id);
  [[nodiscard]] std::vector<std::shared_ptr<DcConnection>> all_connections() const;

  // Connections for files (client_files.cpp)
  struct FileSession {
    DcId dc;
    std::shared_ptr<DcConnection> connection;  ///< null before the first use
  };
  /// A data centre of the CDN; null connection while it is being prepared.
  struct Cdn {
    ClientOptions options;
    std::shared_ptr<DcConnection> connection;
  };
  /// The session that carries a call. `id` is no data centre of the CDN.
  std::shared_ptr<DcConnection> carrier(DcId id, Lane lane);
  asio::awaitable<std::shared_ptr<DcConnection>> cdn_connection(DcId id, net::Deadline deadline);
  asio::awaitable<void> prepare_cdn(DcId id, net::Deadline deadline);
  [[nodiscard]] bool is_main(DcId id) const { return id == main_dc; }
  void close_other_connections();

  // Calls (client_invoke.cpp)
  /// Methods that must not be called before a moment, by constructor id; with a chat only for that one.
  struct Hold {
    net::Deadline until;
    RpcError reason;
  };
  using HoldKey = std::pair<std::uint32_t, std::optional<std::int64_t>>;
  struct Invocation;
  asio::awaitable<Bytes> invoke(Bytes method, CallOptions call_options);
  asio::awaitable<Bytes> attempt(Invocation& invocation);
  asio::awaitable<void> recover(Invocation& invocation, TelegramError error);
  asio::awaitable<void> respect_flood_wait(const Invocation& invocation);
  asio::awaitable<void> respect_hold(const Invocation& invocation, HoldKey key);
  asio::awaitable<void> wait_until(net::Deadline deadline);
  void note_flood_wait(HoldKey key, const TelegramError& error, std::chrono::seconds wait);
  void migrate_account(Invocation& invocation, const TelegramError& error);
  void migrate_call(Invocation& invocation, const TelegramError& error);
  asio::awaitable<void> on_unauthorized(Invocation& invocation, TelegramError error);
  /// The server has ended the login: nothing goes on, and the stored session is erased.
  asio::awaitable<void> lose_login(TelegramError error);
  /// Takes the account's authorization to a data centre, once.
  asio::awaitable<void> authorize(DcId id, net::Deadline deadline);
  asio::awaitable<void> import_authorization(DcId id, net::Deadline deadline);
  void ask_for_config();
  asio::awaitable<void> refresh_config();
  void watch_for_config(ByteView update);

  // Updates (client_updates.cpp)
  void take_update(DcId from, Bytes update);
  void take_update_before_login(const Bytes& update);
  void take_early(const tl::api::Update& update);
  void take_addresses(const std::vector<tl::api::DcOption>& named);

  /// A typed call that goes to one data centre as it is, without any of the policies above.
  template <class Method>
  asio::awaitable<typename Method::Result> call_directly(DcId id, Method method, net::Deadline deadline,
                                                         mtproto::Repeat repeat = mtproto::Repeat::Allowed) {
    DcCall call;
    call.repeat = repeat;
    call.method = tl::serialize(method);
    call.name = Method::kName;
    call.deadline = deadline;
    const std::shared_ptr<DcConnection> connection = dc(id).connection;
    const Bytes answer = co_await connection->call(std::move(call));
    auto parsed = tl::parse<typename Method::Result>(answer);
    if (!parsed)
      throw bad_answer(Method::kName, parsed.error().message);
    co_return std::move(*parsed);
  }

  /// A typed call with all policies.
  template <class Method>
  asio::awaitable<typename Method::Result> invoke_typed(Method method, CallOptions call_options) {
    Bytes body = tl::serialize(method);
    const Bytes answer = co_await invoke(std::move(body), std::move(call_options));
    auto parsed = tl::parse<typename Method::Result>(answer);
    if (!parsed)
      throw bad_answer(Method::kName, parsed.error().message);
    co_return std::move(*parsed);
  }

  // Login (client_login.cpp)
  /// A call with the errors of the login explained; at another data centre than the main one if `at` says so.
  asio::awaitable<Bytes> login_call_raw(Bytes method, std::optional<DcId> at = std::nullopt,
                                        mtproto::Repeat repeat = mtproto::Repeat::Allowed);
  template <class Method>
  asio::awaitable<typename Method::Result> login_call(Method method, std::optional<DcId> at = std::nullopt,
                                                      mtproto::Repeat repeat = mtproto::Repeat::Allowed) {
    Bytes body = tl::serialize(method);
    const Bytes answer = co_await login_call_raw(std::move(body), at, repeat);
    auto parsed = tl::parse<typename Method::Result>(answer);
    if (!parsed)
      throw bad_answer(Method::kName, parsed.error().message);
    co_return std::move(*parsed);
  }
  asio::awaitable<SendCodeResult> send_code(SecretText phone_number);
  asio::awaitable<SendCodeResult> resend_code();
  asio::awaitable<void> cancel_code();
  asio::awaitable<SignInResult> sign_in(SecretText code);
  asio::awaitable<SignedIn> check_password(SecretText password);
  asio::awaitable<SignedIn> sign_in_bot(SecretText token);
  asio::awaitable<void> log_out();
  asio::awaitable<void> destroy_keys();
  asio::awaitable<Self> self();
  asio::awaitable<SentEmailCode> set_up_email(std::string address);
  asio::awaitable<SendCodeResult> verify_email(SecretText code);
  asio::awaitable<SendCodeResult> reset_login_email();
  tl::api::emailVerifyPurposeLoginSetup email_purpose() const;
  void require_attempt(std::string_view message) const;
  asio::awaitable<SendCodeResult> on_sent_code(Bytes answer);
  void keep_future_auth_token(const std::optional<Bytes>& token);
  asio::awaitable<SignInResult> on_authorization(tl::api::auth_Authorization answer);
  asio::awaitable<tl::api::account_password> get_password();
  void throw_if_logged_in() const;

  // Login by QR code (client_qr.cpp)
  class QrWaiting;
  struct QrStep;
  asio::awaitable<QrResult> sign_in_by_qr(QrLogin given);
  asio::awaitable<QrStep> next_qr_step(const std::vector<UserId>& except);
  asio::awaitable<bool> wait_for_acceptance(std::size_t seen, nanoseconds time);

  asio::any_io_executor executor;
  ClientOptions options;
  KeyStore& keys;
  RandomSource& random;
  const Clock& clock;
  crypto::DhGroupCache primes;

  net::TaskGroup tasks;
  net::Condition changed;  ///< whatever the fields below say may have changed
  std::map<DcId, Dc> dcs;
  FileSession file_session;  ///< at the main data centre; elsewhere nothing but files uses the connection
  std::map<DcId, std::unique_ptr<Cdn>> cdns;
  DcId main_dc;
  DcId login_dc;  ///< where the authorization was made; differs from main_dc only while an account is being moved

  struct Account {
    UserId user;
    AccountKind kind = AccountKind::User;
  };
  std::optional<Account> account;
  std::vector<SecretBytes> future_auth_tokens;
  std::size_t login_token_updates = 0;  ///< times that the server said that a QR code was accepted
  bool qr_waiting = false;

  enum class Phase : std::uint8_t { New, Loading, Running, Closing, Closed };
  Phase phase = Phase::New;
  std::optional<TelegramError> ended;
  bool config_asked = false;                   ///< help.getConfig is open
  std::optional<nanoseconds> config_due;       ///< when to ask again, monotonic; nothing before the first time
  std::optional<nanoseconds> config_asked_at;  ///< monotonic
  bool storing = false;                        ///< the key store is at work

  std::map<HoldKey, Hold> holds;

  /// The login attempt between send_code and its end.
  struct Attempt {
    SecretText phone_number;
    std::string code_hash;
    CodeType type = CodeType::Unknown;
    bool can_resend = false;
    nanoseconds resend_from{};  ///< before this monotonic time Telegram does not send it another way
    std::string email;          ///< that is being set up
  };
  std::optional<Attempt> login_attempt;
};

}  // namespace ledgram::telegram
