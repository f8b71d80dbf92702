#pragma once

/// Logins of stored accounts that are under way, for somebody who is not at a terminal. Each waits for its next step,
/// and ends in an account that is served from then on, or is given up when nobody comes back. An account has one at a
/// time: a new one takes the place of the one before.
///
/// One desk a process, on the executor of the service. A step that was begun goes on if the caller is cancelled or its
/// deadline passes (NetFailure DeadlineExceeded); status() tells what came of it. Wrong codes and passwords leave a
/// login where it is.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/login/error.hpp"
#include "ledgram/login/status.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/telegram/client.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::login {

/// How clients reach Telegram, and what else of the program a login needs. Called on the desk's executor.
class LoginOffice {
 public:
  virtual ~LoginOffice() = default;

  /// For a client that will log this account in, with the tokens of earlier log-outs. Throws TelegramFailure BadProxy,
  /// LedgerFailure.
  virtual asio::awaitable<telegram::ClientOptions> client_options(ledger::Account account) = 0;

  /// Stored accounts that belong to the same person as this one; itself among them.
  virtual asio::awaitable<std::vector<AccountId>> siblings(AccountId account) = 0;

  /// The login is stored and its client is closed: the account can be served.
  virtual asio::awaitable<void> serve(AccountId account) = 0;
};

struct DeskOptions {
  /// A login is given up when nobody asked for it for so long. Telegram's codes are good for some minutes.
  std::chrono::seconds idle_time{10 * 60};
  /// How long the end of a login can be asked for.
  std::chrono::seconds remembered{5 * 60};
  /// Open ones; each holds a connection.
  std::size_t most_open = 50;
};

class LoginDesk {
 public:
  /// All references must outlive it.
  LoginDesk(asio::any_io_executor executor, collect::LedgerWorker& ledger, RandomSource& random, const Clock& clock,
            LoginOffice& office, DeskOptions options = {});
  ~LoginDesk();

  // Beginnings. All throw LoginFailure (UnknownAccount, AlreadyThere, TooMany, Stopping) and TelegramFailure; nothing
  // is left of a login whose beginning has failed.

  /// EnterCode, SetUpEmail or Done. Without a number: the account's own, if it has logged in before.
  asio::awaitable<LoginStatus> begin_by_phone(AccountId account, SecretText phone, net::Deadline deadline);
  /// Scan, with the first code.
  asio::awaitable<LoginStatus> begin_by_qr(AccountId account, net::Deadline deadline);
  /// Done.
  asio::awaitable<LoginStatus> log_in_bot(AccountId account, SecretText token, net::Deadline deadline);

  // Steps. All throw LoginFailure (NoAttempt, WrongStep, Busy, AlreadyThere, OtherAccount) and TelegramFailure.

  asio::awaitable<LoginStatus> enter_code(AccountId account, SecretText code, net::Deadline deadline);
  asio::awaitable<LoginStatus> enter_password(AccountId account, SecretText password, net::Deadline deadline);
  /// By the next way; CodeNotSent with a wait if that is too early.
  asio::awaitable<LoginStatus> resend_code(AccountId account, net::Deadline deadline);
  asio::awaitable<LoginStatus> set_up_email(AccountId account, SecretText address, net::Deadline deadline);
  asio::awaitable<LoginStatus> enter_email_code(AccountId account, SecretText code, net::Deadline deadline);
  /// Takes an address off the account that cannot be read, at once or after some days.
  asio::awaitable<LoginStatus> reset_email(AccountId account, net::Deadline deadline);
  /// Telegram is told, and the code is void.
  asio::awaitable<LoginStatus> cancel(AccountId account, net::Deadline deadline);

  /// Of the account's last login; counts as coming back. Throws NoAttempt.
  [[nodiscard]] LoginStatus status(AccountId account);
  /// Returns when the login has another revision than this, or at the deadline.
  asio::awaitable<LoginStatus> wait_for_change(AccountId account, std::uint64_t revision, net::Deadline deadline);

  /// Gives up what is open of the account and forgets it.
  asio::awaitable<void> drop(AccountId account);

  [[nodiscard]] std::size_t open() const;

  /// Gives every login up and closes its client: within about two seconds.
  asio::awaitable<void> stop();

  [[nodiscard]] std::vector<std::string> pending_tasks() const;

 private:
  struct Attempt;
  using AttemptRef = std::shared_ptr<Attempt>;
  using Work = std::function<asio::awaitable<void>()>;

  asio::awaitable<ledger::Account> account_to_log_in(AccountId id);
  asio::awaitable<AttemptRef> open_attempt(Way way, ledger::Account account);
  asio::awaitable<LoginStatus> first_step(AttemptRef attempt, Work work, net::Deadline deadline);
  asio::awaitable<LoginStatus> next_step(AttemptRef attempt, Work work, net::Deadline deadline);
  asio::awaitable<void> carry_out(AttemptRef attempt, Work work);
  asio::awaitable<void> send_code(AttemptRef attempt, SecretText phone);
  asio::awaitable<void> sign_in(AttemptRef attempt, SecretText code);
  asio::awaitable<void> check_password(AttemptRef attempt, SecretText password);
  asio::awaitable<void> sign_in_bot(AttemptRef attempt, SecretText token);
  asio::awaitable<void> show_qr_codes(AttemptRef attempt);
  asio::awaitable<void> take(AttemptRef attempt, telegram::SendCodeResult result);
  asio::awaitable<void> send_email_code(AttemptRef attempt, SecretText address);
  asio::awaitable<void> verify_email(AttemptRef attempt, SecretText code);
  asio::awaitable<void> send_again(AttemptRef attempt);
  asio::awaitable<void> take_email_off(AttemptRef attempt);
  asio::awaitable<void> finish(AttemptRef attempt, telegram::SignedIn signed_in);
  asio::awaitable<void> store(AttemptRef attempt, telegram::SignedIn signed_in);
  asio::awaitable<void> require_place(AttemptRef attempt, telegram::SignedIn signed_in);
  asio::awaitable<void> keep_session(AttemptRef attempt);
  asio::awaitable<void> close(AttemptRef attempt, Step step);
  asio::awaitable<void> watch(AttemptRef attempt);
  asio::awaitable<std::vector<ledger::Account>> accounts();
  asio::awaitable<std::vector<UserId>> users_beside(AccountId account);

  [[nodiscard]] AttemptRef find(AccountId account) const;
  [[nodiscard]] AttemptRef find_at(AccountId account, std::initializer_list<Step> steps) const;
  void touch(Attempt& attempt);
  void change(Attempt& attempt, Step step);
  void abandon(const AttemptRef& attempt);
  void forget(const AttemptRef& attempt);

  asio::any_io_executor executor_;
  collect::LedgerWorker& ledger_;
  RandomSource& random_;
  const Clock& clock_;
  LoginOffice& office_;
  DeskOptions options_;
  std::map<AccountId, AttemptRef> attempts_;  ///< the last one of each
  bool stopping_ = false;
  bool storing_ = false;  ///< one at a time, so that two logins never bring the same Telegram account
  net::Condition stored_;
  net::TaskGroup steps_;
  net::TaskGroup watches_;
};

}  // namespace ledgram::login
