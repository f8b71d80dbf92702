#include "ledgram/api/problem.hpp"
#include "ledgram/collect/error.hpp"
#include "ledgram/follow/error.hpp"
#include "ledgram/ledger/error.hpp"
#include "ledgram/login/error.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/telegram/error.hpp"

/// What failures of the floors below mean to a client of the API.

namespace ledgram::api {
namespace {

using ledger::LedgerErrc;
using telegram::TelegramErrc;
using enum ProblemCode;

constexpr std::chrono::seconds kTrySoon{2};

Problem of_ledger(const ledger::LedgerError& error) {
  switch (error.code) {
    case LedgerErrc::Interrupted:
      return {DeadlineExceeded, "the ledger did not answer in time; ask for less at once"};
    case LedgerErrc::Busy:
    case LedgerErrc::Locked:
      return {Unavailable, "the ledger is busy; try again", kTrySoon};
    case LedgerErrc::DiskFull:
      return {Unavailable, "the disk of the ledger is full", std::chrono::seconds(30)};
    case LedgerErrc::NotFound:
      return {NotFound, "there is no such thing in the ledger"};
    case LedgerErrc::AlreadyExists:
      return {AlreadyExists, "it is in the ledger already"};
    case LedgerErrc::Conflict:
      return {Conflict, error.message};
    default:
      return {Internal, "the ledger cannot be used; the log says why"};
  }
}

Problem of_rpc(const telegram::TelegramError& error) {
  Problem problem{TelegramRefused, "Telegram has refused the call: " + error.message};
  if (error.rpc) {
    problem.more["telegram_error"] = error.rpc->text;
    problem.more["telegram_code"] = error.rpc->code;
  }
  if (error.retry_after) {
    problem.code = FloodWait;
    problem.retry_after = error.retry_after;
  }
  return problem;
}

Problem of_telegram(const telegram::TelegramError& error) {
  switch (error.code) {
    case TelegramErrc::Rpc:
      if (error.rpc && telegram::is_server_fault(*error.rpc))
        return {TelegramUnavailable, "Telegram has a fault at the moment; try again", kTrySoon};
      return of_rpc(error);
    case TelegramErrc::FloodWait:
      return {FloodWait, "Telegram wants a pause before this is asked for again",
              error.retry_after.value_or(std::chrono::seconds(60))};
    case TelegramErrc::DeadlineExceeded:
    case TelegramErrc::OutcomeUnknown:
      return {DeadlineExceeded, "Telegram did not answer in time; whether it was done is unknown"};
    case TelegramErrc::AlreadyDone:
      return {Conflict, "Telegram has done this before"};
    case TelegramErrc::Closed:
      return {Unavailable, "the account's connection was closed; try again", kTrySoon};
    case TelegramErrc::LoggedOut:
    case TelegramErrc::KeyDuplicated:
    case TelegramErrc::SessionLost:
    case TelegramErrc::NotLoggedIn:
    case TelegramErrc::BadStoredSession:
      return {TelegramAuthRequired, "the account must log in to Telegram again"};
    case TelegramErrc::AlreadyLoggedIn:
      return {Conflict, "the account is logged in; log it out first"};
    case TelegramErrc::WrongCode:
      return {WrongCode, "the login code is wrong; enter it again"};
    case TelegramErrc::CodeExpired:
      return {Gone, "the login code has expired; ask for another"};
    case TelegramErrc::CodeNotSent:
      return {Conflict, error.message, error.retry_after};
    case TelegramErrc::WrongPassword:
      return {WrongPassword, "the two-step password is wrong; enter it again"};
    case TelegramErrc::PasswordUnusable:
    case TelegramErrc::BadPhoneNumber:
    case TelegramErrc::BadEmail:
    case TelegramErrc::BadBotToken:
    case TelegramErrc::BadAppIdentity:
    case TelegramErrc::LoginUnsupported:
      return of_rpc(error);
    case TelegramErrc::BadProxy:
      return {InvalidBody, error.message};
    case TelegramErrc::WrongEnvironment:
    case TelegramErrc::UntrustedServer:
    case TelegramErrc::MigrateLoop:
    case TelegramErrc::UnknownDc:
    case TelegramErrc::BadAnswer:
      return {TelegramUnavailable, "Telegram cannot be talked to: " + error.message};
  }
  return {Internal, "an error that nobody expected"};
}

Problem of_net(const net::NetError& error) {
  switch (error.code) {
    case net::NetErrc::DeadlineExceeded:
      return {DeadlineExceeded, "it was not done in time"};
    case net::NetErrc::WorkerStopped:
      return {Unavailable, "the server is stopping", kTrySoon};
    default:
      return {TelegramUnavailable, "Telegram cannot be reached; try again", kTrySoon};
  }
}

Problem of_collect(const collect::CollectError& error) {
  switch (error.code) {
    case collect::CollectErrc::BadUsername:
      return {InvalidBody, error.message};
    case collect::CollectErrc::UnknownUsername:
      return {NotFound, error.message};
    case collect::CollectErrc::NotAChannel:
    case collect::CollectErrc::Private:
    case collect::CollectErrc::BotCannotRead:
      return {TelegramRefused, error.message};
    case collect::CollectErrc::NoAccess:
      return {Conflict, error.message};
    case collect::CollectErrc::NoProgress:
    case collect::CollectErrc::BadAnswer:
      return {TelegramUnavailable, error.message};
  }
  return {Internal, "an error that nobody expected"};
}

Problem of_follow(const follow::FollowError& error) {
  switch (error.code) {
    case follow::FollowErrc::UnknownAccount:
    case follow::FollowErrc::NeedsLogin:
      return {TelegramAuthRequired, error.message};
    case follow::FollowErrc::UnknownChannel:
      return {NotFound, error.message};
    case follow::FollowErrc::NobodyCanRead:
      return {TelegramAuthRequired, error.message};
    case follow::FollowErrc::Stopping:
      return {Unavailable, error.message, kTrySoon};
  }
  return {Internal, "an error that nobody expected"};
}

Problem of_login(const login::LoginError& error) {
  switch (error.code) {
    case login::LoginErrc::UnknownAccount:
    case login::LoginErrc::NoAttempt:
      return {NotFound, error.message};
    case login::LoginErrc::WrongStep:
    case login::LoginErrc::Busy:
    case login::LoginErrc::OtherAccount:
      return {Conflict, error.message};
    case login::LoginErrc::TooMany:
      return {TooManyRequests, error.message, std::chrono::seconds(60)};
    case login::LoginErrc::BadPhoneNumber:
    case login::LoginErrc::BadBotToken:
      return {InvalidBody, error.message};
    case login::LoginErrc::AlreadyThere:
      return {AlreadyExists, error.message};
    case login::LoginErrc::NoAccount:
      return {TelegramRefused, error.message};
    case login::LoginErrc::Stopping:
      return {Unavailable, error.message, kTrySoon};
  }
  return {Internal, "an error that nobody expected"};
}

}  // namespace

Problem problem_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const ApiFailure& failure) {
    return failure.problem();
  } catch (const Failure<ledger::LedgerError>& failure) {
    return of_ledger(failure.error());
  } catch (const telegram::TelegramFailure& failure) {
    return of_telegram(failure.error());
  } catch (const collect::CollectFailure& failure) {
    return of_collect(failure.error());
  } catch (const follow::FollowFailure& failure) {
    return of_follow(failure.error());
  } catch (const login::LoginFailure& failure) {
    return of_login(failure.error());
  } catch (const net::NetFailure& failure) {
    return of_net(failure.error());
  } catch (const std::exception&) {
    return {Internal, "an error that nobody expected; the log has it under the number of this request"};
  }
}

}  // namespace ledgram::api
