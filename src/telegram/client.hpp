#pragma once

/// One Telegram account: its connections, calls and login.
///
/// A Client lives on one executor (a shard) from start to close and is used from there only. Any number of them run
/// side by side. It owns its coroutines; close() is to be awaited before it is destroyed. Without that (an exception
/// took the owner away) they are cancelled and end in the next turns of the io_context, without saving. KeyStore,
/// RandomSource and Clock must outlive the coroutines. All calls throw TelegramFailure, or operation_aborted when the
/// calling coroutine is cancelled; a cancelled call is not repeated, though the server may still run it.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/telegram/login.hpp"
#include "ledgram/telegram/options.hpp"
#include "ledgram/telegram/session_store.hpp"
#include "ledgram/tl/codec.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::telegram {

enum class LoginState : std::uint8_t { LoggedOut, LoggedIn };

class Client {
 public:
  Client(asio::any_io_executor executor, ClientOptions options, KeyStore& keys, RandomSource& random,
         const Clock& clock);
  ~Client();

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Loads the stored session, if there is one, and begins to connect. It waits for the store, not for the network.
  /// Every other call starts the client if that was not done. Throws BadStoredSession.
  asio::awaitable<void> start();

  /// After start(): whether a session was stored or a login succeeded.
  [[nodiscard]] LoginState login_state() const;

  /// Calls a method: a boxed, serialized TL function without invokeWithLayer. The boxed answer.
  /// Handled inside: lost connections, initConnection, data centre changes (303), short flood waits, faults of the
  /// server. The same method is held off while a flood wait for it runs.
  asio::awaitable<Bytes> invoke_raw(Bytes method, CallOptions options = {});

  /// The same with types of tl::api. Throws BadAnswer if the answer is not the method's result.
  template <class Method>
  asio::awaitable<typename Method::Result> invoke(Method method, CallOptions options = {}) {
    Bytes body = tl::serialize(method);
    const Bytes answer = co_await invoke_raw(std::move(body), std::move(options));
    auto parsed = tl::parse<typename Method::Result>(answer);
    if (!parsed)
      throw bad_answer(Method::kName, parsed.error().message);
    co_return std::move(*parsed);
  }

  // Logging in. Order: send_code, sign_in, and check_password if that answers PasswordNeeded; or sign_in_by_qr and
  // check_password likewise; or sign_in_bot alone. After a success the session has been saved before the call returns;
  // updates.getState is then the caller's to call, since the server sends updates from there on. Errors:
  // BadPhoneNumber, BadEmail, WrongCode, CodeExpired, CodeNotSent, WrongPassword, PasswordUnusable, BadBotToken,
  // BadAppIdentity, LoginUnsupported, AlreadyLoggedIn, and FloodWait when Telegram wants a pause between attempts.

  /// An attempt with another number is cancelled first.
  asio::awaitable<SendCodeResult> send_code(SecretText phone_number);
  /// By the next way. The code sent before is void. CodeNotSent, with `retry_after`, before SentCode::resend_after.
  asio::awaitable<SendCodeResult> resend_code();
  /// The number was wrong: Telegram forgets the attempt.
  asio::awaitable<void> cancel_code();
  asio::awaitable<SignInResult> sign_in(SecretText code);
  /// Computes for some 100 ms on the calling thread.
  asio::awaitable<SignedIn> check_password(SecretText password);
  asio::awaitable<SignedIn> sign_in_bot(SecretText token);

  /// After CodeType::SetUpEmailRequired: a code goes to this address, which verify_email() then takes.
  asio::awaitable<SentEmailCode> set_up_email(std::string address);
  /// The address now belongs to the account, and Telegram has sent the login code.
  asio::awaitable<SendCodeResult> verify_email(SecretText code);
  /// After CodeType::EmailCode, for somebody who cannot read that e-mail: takes the address off the account, at once or
  /// after a time that the result names.
  asio::awaitable<SendCodeResult> reset_login_email();

  /// Shows tokens until one is accepted on another device: a new one when the last ran out by the server's clock, and
  /// in whichever data centre the account lives (core.telegram.org/api/qr-login). It has no end of its own; cancel the
  /// calling coroutine to give up. One at a time (asserted).
  asio::awaitable<QrResult> sign_in_by_qr(QrLogin wanted);

  /// Tokens by which the next login of the same account needs no code, as Telegram gave them to this client at its
  /// log-in or log-out, oldest first. To be kept sealed, and given to later clients in ClientOptions::logout_tokens.
  [[nodiscard]] std::vector<SecretBytes> future_auth_tokens() const;

  /// Ends the login at Telegram and erases the stored session. The session is gone even if Telegram does not answer:
  /// it is waited for no longer than five seconds.
  asio::awaitable<void> log_out();

  asio::awaitable<Self> self();

  /// Ends every connection within about a second. Open calls end with TelegramErrc::Closed at once; what was queued and
  /// what is to be acknowledged is still written, for 200 ms at most. Saves salts and clock offsets. Never logs out.
  /// Harmless when repeated.
  asio::awaitable<void> close();

  /// Whether the main data centre's bytes are read: Held lets updates wait in the network while the ledger cannot take
  /// them. For seconds at most, since nothing else arrives meanwhile.
  void set_intake(Intake intake);

  /// The data centre of the account, and the addresses in use (built-in ones and those the server has named).
  [[nodiscard]] DcId main_dc() const;
  [[nodiscard]] const DcTable& dc_table() const;

  /// Server time minus wall clock of the main data centre, as far as known.
  [[nodiscard]] nanoseconds clock_offset() const;

  /// Coroutines of this client that still run, for the shutdown report.
  [[nodiscard]] std::vector<std::string> pending_tasks() const;

  struct Impl;

 private:
  static TelegramFailure bad_answer(std::string_view method, std::string_view reason);

  std::shared_ptr<Impl> impl_;
};

}  // namespace ledgram::telegram
