#include "ledgram/api/problem.hpp"

#include "ledgram/ledger/error.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/telegram/error.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ledgram::api {
namespace {

template <class Error>
Problem problem_from(const Error& error) {
  return problem_of(std::make_exception_ptr(error));
}

TEST(Problem, EveryCodeIsInTheCatalogueOnce) {
  std::set<std::string_view> names;
  for (const ProblemKind& kind : all_problems()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_EQ(kind_of(kind.code).name, kind.name);
    EXPECT_GE(kind.status, 400U);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ProblemCode::VersionNotSupported) + 1);
}

TEST(Problem, IsWrittenAsTheStandardSays) {
  Problem problem{ProblemCode::FloodWait, "Telegram wants a pause", std::chrono::seconds(42)};
  problem.more["telegram_error"] = "FLOOD_WAIT_42";
  const http::Response response = problem_response(problem, "abc-1");
  EXPECT_EQ(response.status, 429U);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.headers.get("Retry-After"), "42");
  EXPECT_EQ(
      boost::json::parse(response.body),
      boost::json::parse(R"({"type":"about:blank","title":"Telegram wants a pause.","status":429,"code":"flood_wait",
              "detail":"Telegram wants a pause","instance":"abc-1","telegram_error":"FLOOD_WAIT_42","retry_after":42})"));
}

TEST(Problem, SaysWhichLoginIsMissing) {
  const auto ledgram = boost::json::parse(problem_response({ProblemCode::Unauthenticated, "x"}, "1").body);
  EXPECT_EQ(ledgram.at("requires_auth"), true);
  const auto telegram = boost::json::parse(problem_response({ProblemCode::TelegramAuthRequired, "x"}, "1").body);
  EXPECT_EQ(telegram.at("requires_telegram_auth"), true);
  EXPECT_EQ(telegram.at("status"), 409);
}

TEST(Problem, OfTelegram) {
  telegram::TelegramError flood = telegram::telegram_error(telegram::TelegramErrc::FloodWait, "wait");
  flood.retry_after = std::chrono::seconds(7);
  EXPECT_EQ(problem_from(telegram::TelegramFailure(flood)).retry_after, std::chrono::seconds(7));
  const auto lost = telegram::failure(telegram::TelegramErrc::SessionLost, "gone");
  EXPECT_EQ(problem_from(lost).code, ProblemCode::TelegramAuthRequired);
  telegram::TelegramError refused = telegram::telegram_error(telegram::TelegramErrc::Rpc, "no");
  refused.rpc = telegram::parse_rpc_error(400, "CHAT_ADMIN_REQUIRED");
  const Problem problem = problem_from(telegram::TelegramFailure(refused));
  EXPECT_EQ(problem.code, ProblemCode::TelegramRefused);
  EXPECT_EQ(problem.more.at("telegram_error"), "CHAT_ADMIN_REQUIRED");
}

TEST(Problem, OfLedgerAndNet) {
  using LedgerFailure = Failure<ledger::LedgerError>;
  EXPECT_EQ(problem_from(LedgerFailure({ledger::LedgerErrc::Interrupted, "x"})).code, ProblemCode::DeadlineExceeded);
  EXPECT_EQ(problem_from(LedgerFailure({ledger::LedgerErrc::DiskFull, "x"})).code, ProblemCode::Unavailable);
  EXPECT_EQ(problem_from(net::NetFailure({net::NetErrc::WorkerStopped, "x"})).code, ProblemCode::Unavailable);
}

TEST(Problem, NothingOfTheInsideGetsOut) {
  const Problem of_ledger =
      problem_from(Failure<ledger::LedgerError>({ledger::LedgerErrc::Corrupt, "/home/ann/ledger.db"}));
  EXPECT_EQ(of_ledger.code, ProblemCode::Internal);
  EXPECT_EQ(of_ledger.detail.find("/home"), std::string::npos);
  const Problem of_anything = problem_from(std::runtime_error("secret"));
  EXPECT_EQ(of_anything.code, ProblemCode::Internal);
  EXPECT_EQ(of_anything.detail.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace ledgram::api
