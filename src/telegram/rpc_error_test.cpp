#include "ledgram/telegram/error.hpp"
#include "ledgram/telegram/login_errors.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace ledgram::telegram {
namespace {

struct Row {
  std::int32_t code;
  std::string_view text;
  std::string_view name;
  std::optional<std::int64_t> number;
};

// Names from core.telegram.org/api/errors and the error list of the schema package.
TEST(RpcError, IsTakenApartByName) {
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  const Row rows[] = {
      {420, "FLOOD_WAIT_42", "FLOOD_WAIT_X", 42},
      {420, "FLOOD_WAIT_0", "FLOOD_WAIT_X", 0},
      {420, "FLOOD_PREMIUM_WAIT_3", "FLOOD_PREMIUM_WAIT_X", 3},
      {420, "SLOWMODE_WAIT_30", "SLOWMODE_WAIT_X", 30},
      {420, "2FA_CONFIRM_WAIT_604800", "2FA_CONFIRM_WAIT_X", 604800},
      {420, "FROZEN_METHOD_INVALID", "FROZEN_METHOD_INVALID", std::nullopt},
      {303, "PHONE_MIGRATE_2", "PHONE_MIGRATE_X", 2},
      {303, "FILE_MIGRATE_5", "FILE_MIGRATE_X", 5},
      {400, "FILE_PART_3_MISSING", "FILE_PART_X_MISSING", 3},
      {400, "FILE_REFERENCE_0_EXPIRED", "FILE_REFERENCE_X_EXPIRED", 0},
      {500, "INTERDC_4_CALL_ERROR", "INTERDC_X_CALL_ERROR", 4},
      {401, "SESSION_PASSWORD_NEEDED", "SESSION_PASSWORD_NEEDED", std::nullopt},
      {406, "PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_5MIN", "PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_5MIN", std::nullopt},
      {-503, "Timeout", "Timeout", std::nullopt},
      {400, "", "", std::nullopt},
      {400, "_", "_", std::nullopt},
      {400, "7", "X", 7},
      {420, "FLOOD_WAIT_99999999999999999999999", "FLOOD_WAIT_X", kLargest},
      {400, "A_1_B_2", "A_X_B_2", 1},
  };
  for (const Row& row : rows) {
    const RpcError error = parse_rpc_error(row.code, row.text, "messages.getHistory");
    EXPECT_EQ(error.name, row.name) << row.text;
    EXPECT_EQ(error.number, row.number) << row.text;
    EXPECT_EQ(error.code, row.code);
    EXPECT_EQ(error.text, row.text);
    EXPECT_EQ(error.method, "messages.getHistory");
  }
}

TEST(RpcError, FloodWaits) {
  const auto wait = [](std::int32_t code, std::string_view text) { return flood_wait_of(parse_rpc_error(code, text)); };
  using std::chrono::seconds;
  EXPECT_EQ(wait(420, "FLOOD_WAIT_42"), seconds(42));
  EXPECT_EQ(wait(420, "FLOOD_PREMIUM_WAIT_7"), seconds(7));
  // gotd #388: a wait of 0 led to a loop.
  EXPECT_EQ(wait(420, "FLOOD_WAIT_0"), seconds(1));
  EXPECT_EQ(wait(420, "SLOWMODE_WAIT_30"), std::nullopt);
  EXPECT_EQ(wait(420, "FROZEN_METHOD_INVALID"), std::nullopt);
  EXPECT_EQ(wait(420, "2FA_CONFIRM_WAIT_9"), std::nullopt);
  ASSERT_TRUE(wait(420, "FLOOD_WAIT_99999999999999999999999"));
  EXPECT_LE(*wait(420, "FLOOD_WAIT_99999999999999999999999"), seconds(366 * 24 * 3600));
}

TEST(RpcError, WaitsForWhoMadeTheCall) {
  const auto wait = [](std::int32_t code, std::string_view text) {
    return stated_wait_of(parse_rpc_error(code, text));
  };
  using std::chrono::seconds;
  EXPECT_EQ(wait(420, "SLOWMODE_WAIT_30"), seconds(30));
  EXPECT_EQ(wait(420, "2FA_CONFIRM_WAIT_604800"), seconds(604800));
  EXPECT_EQ(wait(420, "TAKEOUT_INIT_DELAY_86400"), seconds(86400));
  EXPECT_EQ(wait(420, "FLOOD_SKIP_FAILED_WAIT"), seconds(1));
  EXPECT_EQ(wait(420, "FLOOD_WAIT_5"), std::nullopt);
  EXPECT_EQ(wait(420, "FROZEN_METHOD_INVALID"), std::nullopt);
}

TEST(RpcError, ServerFaults) {
  const auto fault = [](std::int32_t code, std::string_view text) {
    return is_server_fault(parse_rpc_error(code, text));
  };
  EXPECT_TRUE(fault(500, "RPC_CALL_FAIL"));
  EXPECT_TRUE(fault(400, "RPC_MCGET_FAIL"));
  EXPECT_TRUE(fault(500, "INTERDC_2_CALL_ERROR"));
  EXPECT_TRUE(fault(500, "WORKER_BUSY_TOO_LONG_RETRY"));
  EXPECT_TRUE(fault(-503, "Timeout"));
  EXPECT_TRUE(fault(-500, "No workers running"));
  EXPECT_TRUE(fault(599, "SOMETHING_NEW"));
  EXPECT_FALSE(fault(400, "CHANNEL_INVALID"));
  EXPECT_FALSE(fault(401, "AUTH_KEY_UNREGISTERED"));
  EXPECT_FALSE(fault(303, "USER_MIGRATE_1"));
  EXPECT_FALSE(fault(406, "AUTH_KEY_DUPLICATED"));
  EXPECT_FALSE(fault(500, "RANDOM_ID_DUPLICATE"));
  EXPECT_FALSE(fault(500, "METHOD_NOT_IMPLEMENTED"));
  EXPECT_FALSE(fault(500, "AUTH_RESTART"));
}

TEST(RpcError, LoginErrorsSayWhatToDo) {
  const auto explain = [](std::int32_t code, std::string_view text) {
    TelegramError error;
    error.code = TelegramErrc::Rpc;
    error.message = "raw";
    error.rpc = parse_rpc_error(code, text);
    return explain_login_error(std::move(error));
  };
  EXPECT_EQ(explain(400, "PHONE_CODE_INVALID").code, TelegramErrc::WrongCode);
  EXPECT_EQ(explain(400, "PHONE_CODE_EXPIRED").code, TelegramErrc::CodeExpired);
  EXPECT_EQ(explain(500, "AUTH_RESTART_3").code, TelegramErrc::CodeExpired);
  EXPECT_EQ(explain(400, "PASSWORD_HASH_INVALID").code, TelegramErrc::WrongPassword);
  EXPECT_EQ(explain(406, "PHONE_PASSWORD_FLOOD").code, TelegramErrc::FloodWait);
  EXPECT_EQ(explain(400, "PHONE_NUMBER_BANNED").code, TelegramErrc::BadPhoneNumber);
  EXPECT_EQ(explain(400, "ACCESS_TOKEN_EXPIRED").code, TelegramErrc::BadBotToken);
  EXPECT_EQ(explain(400, "API_ID_INVALID").code, TelegramErrc::BadAppIdentity);
  EXPECT_NE(explain(400, "PHONE_CODE_INVALID").message, "raw");
  const TelegramError other = explain(400, "SOMETHING_ELSE");
  EXPECT_EQ(other.code, TelegramErrc::Rpc);
  EXPECT_EQ(other.message, "raw");
  TelegramError closed;
  closed.code = TelegramErrc::Closed;
  EXPECT_EQ(explain_login_error(closed).code, TelegramErrc::Closed);
}

}  // namespace
}  // namespace ledgram::telegram
