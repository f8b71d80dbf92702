#include "ledgram/login/desk.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/login/attempt.hpp"
#include "ledgram/login/new_account.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/net/owned_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace ledgram::login {

namespace {

constexpr std::string_view kModule = "login";

LoginFailure failure(LoginErrc code, std::string message) {
  return LoginFailure({code, std::move(message)});
}

std::string_view wanted_instead(Step step) {
  switch (step) {
    case Step::Starting:
      return "is being begun; try again in a moment";
    case Step::Scan:
      return "waits until its QR code is scanned";
    case Step::EnterCode:
      return "waits for the login code";
    case Step::SetUpEmail:
      return "waits for an e-mail address";
    case Step::EnterEmailCode:
      return "waits for the code from the e-mail";
    case Step::EnterPassword:
      return "waits for the two-step password";
    case Step::Done:
      return "is done";
    case Step::Failed:
      return "has failed; begin again";
    case Step::Expired:
      return "was given up, since nobody came back; begin again";
    case Step::Cancelled:
      return "was cancelled; begin again";
  }
  return "is over";
}

}  // namespace

LoginDesk::LoginDesk(asio::any_io_executor executor, collect::LedgerWorker& ledger, RandomSource& random,
                     const Clock& clock, LoginOffice& office, DeskOptions options)
    : executor_(std::move(executor)),
      ledger_(ledger),
      random_(random),
      clock_(clock),
      office_(office),
      options_(options),
      stored_(executor_),
      steps_(executor_,
             [](std::string_view task, std::exception_ptr) { log::warning(kModule, "{} ended with an error", task); }),
      watches_(executor_, [](std::string_view task, std::exception_ptr) {
        log::warning(kModule, "{} ended with an error", task);
      }) {}

LoginDesk::~LoginDesk() = default;

void LoginDesk::touch(Attempt& attempt) {
  if (is_end(attempt.status.step))
    return;
  const Instant now = clock_.now();
  attempt.last_used = now.monotonic;
  attempt.status.expires = now.unix_time + options_.idle_time;
}

void LoginDesk::change(Attempt& attempt, Step step) {
  attempt.status.step = step;
  ++attempt.status.revision;
  if (step != Step::EnterCode)
    attempt.status.code.reset();
  if (step != Step::EnterEmailCode)
    attempt.status.email.reset();
  if (step != Step::Scan)
    attempt.status.link = SecretText();
  if (is_end(step)) {
    attempt.status.expires = clock_.now().unix_time + options_.remembered;
    attempt.phone = SecretText();
  } else {
    touch(attempt);
  }
  attempt.changed.notify_all();
}

LoginDesk::AttemptRef LoginDesk::find(AccountId account) const {
  const auto found = attempts_.find(account);
  if (found == attempts_.end())
    throw failure(LoginErrc::NoAttempt, "no login of this account is under way; begin one");
  return found->second;
}

LoginDesk::AttemptRef LoginDesk::find_at(AccountId account, std::initializer_list<Step> steps) const {
  if (stopping_)
    throw failure(LoginErrc::Stopping, "the service is being stopped; try again when it runs");
  AttemptRef attempt = find(account);
  const Step step = attempt->status.step;
  if (std::ranges::find(steps, step) == steps.end())
    throw failure(LoginErrc::WrongStep, fmt::format("this login {}", wanted_instead(step)));
  if (attempt->busy)
    throw failure(LoginErrc::Busy, "the step before is still under way; try again in a moment");
  return attempt;
}

LoginStatus LoginDesk::status(AccountId account) {
  const AttemptRef attempt = find(account);
  touch(*attempt);
  return attempt->status;
}

asio::awaitable<LoginStatus> LoginDesk::wait_for_change(AccountId account, std::uint64_t revision,
                                                        net::Deadline deadline) {
  const AttemptRef attempt = find(account);
  touch(*attempt);
  co_await attempt->changed.wait_until([&attempt, revision] { return attempt->status.revision != revision; }, deadline);
  touch(*attempt);
  co_return attempt->status;
}

std::size_t LoginDesk::open() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(attempts_, [](const auto& item) { return !is_end(item.second->status.step); }));
}

asio::awaitable<std::vector<ledger::Account>> LoginDesk::accounts() {
  auto load = [](ledger::Ledger& ledger) { return ledger.accounts(); };
  co_return co_await ledger_.run(load);
}

/// Telegram accounts of the same person that are logged in here.
asio::awaitable<std::vector<UserId>> LoginDesk::users_beside(AccountId account) {
  const std::vector<AccountId> siblings = co_await office_.siblings(account);
  const std::vector<ledger::Account> known = co_await accounts();
  std::vector<UserId> users;
  for (const ledger::Account& other : known) {
    const bool own = std::ranges::find(siblings, other.id) != siblings.end();
    if (own && other.kind == ledger::AccountKind::User && other.state == ledger::AccountState::Active)
      users.push_back(other.user);
  }
  co_return users;
}

asio::awaitable<ledger::Account> LoginDesk::account_to_log_in(AccountId id) {
  if (stopping_)
    throw failure(LoginErrc::Stopping, "the service is being stopped; try again when it runs");
  const std::vector<ledger::Account> known = co_await accounts();
  const auto account = std::ranges::find(known, id, &ledger::Account::id);
  if (account == known.end())
    throw failure(LoginErrc::UnknownAccount, "there is no such account");
  if (account->state == ledger::AccountState::Active)
    throw failure(LoginErrc::AlreadyThere, fmt::format("{} is logged in; log it out first", account->name));
  co_return *account;
}

asio::awaitable<LoginDesk::AttemptRef> LoginDesk::open_attempt(Way way, ledger::Account account) {
  const AccountId id = account.id;
  telegram::ClientOptions options = co_await office_.client_options(account);
  if (const auto before = attempts_.find(id); before != attempts_.end() && before->second->busy)
    throw failure(LoginErrc::Busy, "a step of a login of this account is under way; try again in a moment");
  if (const auto before = attempts_.find(id); before != attempts_.end())
    abandon(AttemptRef(before->second));
  if (open() >= options_.most_open)
    throw failure(LoginErrc::TooMany, "too many logins are under way; finish or cancel one, or try again later");
  const auto attempt = std::make_shared<Attempt>(executor_, std::move(account));
  attempt->status.account = id;
  attempt->status.way = way;
  attempt->client.emplace(executor_, std::move(options), attempt->keys, random_, clock_);
  touch(*attempt);
  attempts_[id] = attempt;
  watches_.spawn("watching a login", watch(attempt));
  co_return attempt;
}

void LoginDesk::forget(const AttemptRef& attempt) {
  const auto found = attempts_.find(attempt->account.id);
  if (found != attempts_.end() && found->second == attempt)
    attempts_.erase(found);
}

/// Gives it up when nobody comes back, and forgets it some time after its end.
asio::awaitable<void> LoginDesk::watch(AttemptRef attempt) {
  const auto ended = [&attempt] { return is_end(attempt->status.step); };
  while (!ended()) {
    const nanoseconds due = attempt->last_used + options_.idle_time;
    if (attempt->busy || clock_.now().monotonic < due) {
      const nanoseconds until = std::max(due, clock_.now().monotonic + std::chrono::seconds(1));
      co_await attempt->changed.wait_until(ended, net::deadline_at(until));
      continue;
    }
    // In a task of its own: what is done there cannot be cancelled, and this here can.
    Work work = [this, attempt] { return close(attempt, Step::Expired); };
    co_await net::run_in<void>(steps_, "giving a login up", std::move(work));
  }
  co_await net::sleep_for(options_.remembered);
  forget(attempt);
}

asio::awaitable<void> LoginDesk::close(AttemptRef attempt, Step step) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (attempt->closing) {
    co_await attempt->changed.wait_until([&attempt] { return attempt->closed; });
    co_return;
  }
  attempt->closing = true;
  const bool code_sent = attempt->status.step == Step::EnterCode || attempt->status.step == Step::SetUpEmail ||
                         attempt->status.step == Step::EnterEmailCode;
  if (!is_end(attempt->status.step))
    change(*attempt, step);
  if (code_sent)
    co_await give_up_code(*attempt->client);
  co_await attempt->client->close();
  attempt->closed = true;
  attempt->changed.notify_all();
}

/// Its beginning has failed, or another one takes its place.
void LoginDesk::abandon(const AttemptRef& attempt) {
  forget(attempt);
  steps_.spawn("giving a login up", close(attempt, Step::Cancelled));
}

asio::awaitable<void> LoginDesk::drop(AccountId account) {
  const auto found = attempts_.find(account);
  if (found == attempts_.end())
    co_return;
  const AttemptRef attempt = found->second;
  abandon(attempt);
  co_await attempt->changed.wait_until([&attempt] { return attempt->closed; });
}

asio::awaitable<void> LoginDesk::carry_out(AttemptRef attempt, Work work) {
  struct Leave {
    LoginDesk& desk;
    Attempt& attempt;
    ~Leave() {
      attempt.busy = false;
      desk.touch(attempt);
      attempt.changed.notify_all();
    }
  } const leave{*this, *attempt};
  co_await work();
}

asio::awaitable<LoginStatus> LoginDesk::first_step(AttemptRef attempt, Work work, net::Deadline deadline) {
  std::exception_ptr problem;
  try {
    co_return co_await next_step(attempt, std::move(work), deadline);
  } catch (...) {
    problem = std::current_exception();
  }
  abandon(attempt);
  std::rethrow_exception(problem);
}

asio::awaitable<LoginStatus> LoginDesk::next_step(AttemptRef attempt, Work work, net::Deadline deadline) {
  attempt->busy = true;
  Work guarded = [this, attempt, work = std::move(work)] { return carry_out(attempt, work); };
  co_await net::run_in<void>(steps_, "a step of a login", std::move(guarded), deadline);
  co_return attempt->status;
}

asio::awaitable<void> LoginDesk::stop() {
  stopping_ = true;
  net::TaskGroup closing(executor_, [](std::string_view task, std::exception_ptr) {
    log::warning(kModule, "{} ended with an error", task);
  });
  for (const auto& [id, attempt] : attempts_)
    closing.spawn("closing a login", close(attempt, Step::Cancelled));
  co_await closing.join();
  co_await watches_.stop();
  co_await steps_.stop();
}

std::vector<std::string> LoginDesk::pending_tasks() const {
  std::vector<std::string> names = steps_.pending_names();
  for (std::string& name : watches_.pending_names())
    names.push_back(std::move(name));
  for (const auto& [id, attempt] : attempts_) {
    for (std::string& name : attempt->client->pending_tasks())
      names.push_back(std::move(name));
  }
  return names;
}

}  // namespace ledgram::login
