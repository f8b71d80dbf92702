#include "ledgram/base/log.hpp"
#include "ledgram/telegram/client_impl.hpp"
#include "ledgram/tl/constructor_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace ledgram::telegram {

namespace api = tl::api;

namespace {

constexpr std::string_view kModule = "telegram";

/// A call that is sent from data centre to data centre more often than this goes in circles (R7).
constexpr int kMostMigrations = 3;

/// What auth.exportAuthorization gives is for one use and for a short time (L16): if it came too late, another is asked
/// for.
constexpr int kMostImports = 3;

/// help.getConfig is a convenience: the built-in addresses work without it.
constexpr nanoseconds kConfigTime = std::chrono::seconds(60);

/// It is asked for again when its time is over, but never more often than this, and at least once a day.
constexpr nanoseconds kConfigRetry = std::chrono::seconds(60);
constexpr nanoseconds kLongestConfig = std::chrono::hours(24);

/// The names by which a main data centre says that the login has ended (R9). SESSION_PASSWORD_NEEDED has the same code
/// and is a step of logging in.
constexpr std::array<std::string_view, 6> kLoggedOut = {"AUTH_KEY_UNREGISTERED", "AUTH_KEY_INVALID",
                                                        "SESSION_REVOKED",       "SESSION_EXPIRED",
                                                        "USER_DEACTIVATED",      "USER_DEACTIVATED_BAN"};

bool is_logged_out(const RpcError& error) {
  return std::find(kLoggedOut.begin(), kLoggedOut.end(), error.name) != kLoggedOut.end();
}

bool moves_account(const RpcError& error) {
  return error.is("PHONE_MIGRATE_X") || error.is("NETWORK_MIGRATE_X") || error.is("USER_MIGRATE_X");
}

bool moves_call(const RpcError& error) {
  return error.is("FILE_MIGRATE_X") || error.is("STATS_MIGRATE_X");
}

/// The data centre that a MIGRATE error names, if it can be one.
std::optional<DcId> target_of(const RpcError& error) {
  if (!error.number || *error.number < 1 || *error.number > 9999)
    return std::nullopt;
  return DcId(static_cast<std::int32_t>(*error.number));
}

/// Telegram's name for it without the number, "FLOOD_WAIT_X", or ours.
std::string_view error_name(const TelegramError& error) {
  return error.rpc ? std::string_view(error.rpc->name) : name_of(error.code);
}

std::chrono::seconds rounded_up(nanoseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(time);
}

}  // namespace

/// One call through all of its attempts.
struct Client::Impl::Invocation {
  Bytes method;
  std::string name;
  std::uint32_t id = 0;
  CallOptions options;
  net::Deadline deadline;
  DcId sent_to;
  int migrations = 0;
  bool authorized_again = false;
  nanoseconds retry_delay;
};

asio::awaitable<Bytes> Client::Impl::invoke(Bytes method, CallOptions call_options) {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  co_await start();
  Invocation invocation;
  invocation.id = method.size() >= 4 ? load_le32(method) : 0;
  invocation.name = tl::constructor_name(invocation.id);
  invocation.method = std::move(method);
  invocation.deadline = call_options.deadline;
  if (invocation.deadline == net::kNoDeadline)
    invocation.deadline = net::deadline_after(options.default_call_time);
  invocation.options = std::move(call_options);
  invocation.retry_delay = options.first_retry_delay;
  while (true) {
    throw_if_ended();
    co_await respect_flood_wait(invocation);
    std::optional<TelegramError> problem;
    Bytes answer;
    try {
      answer = co_await attempt(invocation);
    } catch (const TelegramFailure& failed) {
      problem = failed.error();
    }
    if (options.on_call)
      options.on_call(invocation.name, problem ? error_name(*problem) : std::string_view());
    if (!problem)
      co_return answer;
    co_await recover(invocation, std::move(*problem));
  }
}

asio::awaitable<Bytes> Client::Impl::attempt(Invocation& invocation) {
  const DcId target = invocation.options.dc.value_or(main_dc);
  invocation.sent_to = target;
  const Lane lane = invocation.options.lane;
  if (account && lane != Lane::Cdn)
    co_await authorize(target, invocation.deadline);
  ask_for_config();
  DcCall call;
  call.method = invocation.method;
  call.name = invocation.name;
  call.deadline = invocation.deadline;
  call.repeat = invocation.options.repeat;
  std::shared_ptr<DcConnection> connection;
  if (lane == Lane::Cdn) {
    connection = co_await cdn_connection(target, invocation.deadline);
  } else {
    connection = carrier(target, lane);
  }
  co_return co_await connection->call(std::move(call));
}

/// Prepares the next attempt, or throws if there is to be none.
asio::awaitable<void> Client::Impl::recover(Invocation& invocation, TelegramError error) {
  if (!error.rpc) {
    // A binding can be refused while no call is open; the first call then learns of it.
    if (error.code == TelegramErrc::SessionLost)
      end(error);
    throw TelegramFailure(std::move(error));
  }
  const RpcError& rpc = *error.rpc;
  if (const auto wait = flood_wait_of(rpc)) {
    note_flood_wait({invocation.id, std::nullopt}, error, *wait);
  } else if (const auto stated = stated_wait_of(rpc)) {
    error.retry_after = *stated;
    if (!rpc.is("SLOWMODE_WAIT_X") || !invocation.options.chat)
      throw TelegramFailure(std::move(error));
    note_flood_wait({invocation.id, invocation.options.chat}, error, *stated);
  } else if (rpc.is("RANDOM_ID_DUPLICATE")) {
    error.code = TelegramErrc::AlreadyDone;
    throw TelegramFailure(std::move(error));
  } else if (moves_account(rpc)) {
    migrate_account(invocation, error);
  } else if (moves_call(rpc)) {
    migrate_call(invocation, error);
  } else if (rpc.is("AUTH_KEY_DUPLICATED")) {
    error.code = TelegramErrc::KeyDuplicated;
    error.message = fmt::format(
        "Telegram has ended the login of {} because it was used from two places at once; log in again, and let only "
        "one "
        "program use a login",
        options.account_name);
    co_await lose_login(std::move(error));
  } else if (is_logged_out(rpc) && invocation.options.lane != Lane::Cdn) {
    co_await on_unauthorized(invocation, std::move(error));
  } else if (is_server_fault(rpc) && invocation.options.repeat == mtproto::Repeat::Allowed) {
    const net::Deadline next = net::deadline_after(invocation.retry_delay);
    if (next >= invocation.deadline)
      throw TelegramFailure(std::move(error));
    invocation.retry_delay = std::min<nanoseconds>(invocation.retry_delay * 2, options.max_retry_delay);
    co_await wait_until(next);
  } else {
    throw TelegramFailure(std::move(error));
  }
}

asio::awaitable<void> Client::Impl::wait_until(net::Deadline deadline) {
  co_await changed.wait_until([this] { return ended.has_value(); }, deadline);
  throw_if_ended();
}

void Client::Impl::note_flood_wait(HoldKey key, const TelegramError& error, std::chrono::seconds wait) {
  const net::Deadline until = net::deadline_after(wait + options.flood_wait_margin);
  const auto [hold, is_new] = holds.try_emplace(key, Hold{until, *error.rpc});
  if (!is_new && hold->second.until < until)
    hold->second = Hold{until, *error.rpc};
}

/// Returns when the method may be called; throws if that is too late for the call.
asio::awaitable<void> Client::Impl::respect_flood_wait(const Invocation& invocation) {
  co_await respect_hold(invocation, {invocation.id, std::nullopt});
  if (!invocation.options.chat)
    co_return;
  co_await respect_hold(invocation, {invocation.id, invocation.options.chat});
}

asio::awaitable<void> Client::Impl::respect_hold(const Invocation& invocation, HoldKey key) {
  while (true) {
    const auto hold = holds.find(key);
    if (hold == holds.end())
      co_return;
    const net::Deadline until = hold->second.until;
    const nanoseconds left = until - net::Deadline::clock::now();
    if (left <= nanoseconds::zero()) {
      holds.erase(hold);
      co_return;
    }
    const std::chrono::seconds shown = rounded_up(left);
    if (left > invocation.options.flood.longest_wait + options.flood_wait_margin || until > invocation.deadline) {
      TelegramError error;
      error.code = TelegramErrc::FloodWait;
      error.rpc = hold->second.reason;
      error.retry_after = shown;
      error.message = fmt::format("Telegram asks {} to wait {} s before it calls {} again{}", options.account_name,
                                  shown.count(), invocation.name, key.second ? " in this chat" : "");
      throw TelegramFailure(std::move(error));
    }
    if (invocation.options.flood.on_wait)
      invocation.options.flood.on_wait(shown, invocation.name);
    co_await wait_until(until);
  }
}

void Client::Impl::migrate_account(Invocation& invocation, const TelegramError& error) {
  const std::optional<DcId> target = target_of(*error.rpc);
  if (!target || *target == invocation.sent_to || ++invocation.migrations > kMostMigrations) {
    TelegramError loop = error;
    loop.code = TelegramErrc::MigrateLoop;
    loop.message = fmt::format("Telegram's data centres pass {} around: data centre {} answered {} to {}",
                               options.account_name, invocation.sent_to.value(), error.rpc->text, invocation.name);
    throw TelegramFailure(std::move(loop));
  }
  if (*target == main_dc)
    return;  // another call was told before
  log::info(kModule, "{}: moving from data centre {} to {}", options.account_name, main_dc.value(), target->value());
  if (account)
    dc(main_dc).connection->set_presence(Presence::OnDemand);
  main_dc = *target;
  if (account)
    dc(main_dc).connection->set_presence(Presence::Always);
}

void Client::Impl::migrate_call(Invocation& invocation, const TelegramError& error) {
  const std::optional<DcId> target = target_of(*error.rpc);
  if (!target || *target == invocation.sent_to || ++invocation.migrations > kMostMigrations) {
    TelegramError loop = error;
    loop.code = TelegramErrc::MigrateLoop;
    loop.message = fmt::format("Telegram's data centres pass {} around: data centre {} answered {}", invocation.name,
                               invocation.sent_to.value(), error.rpc->text);
    throw TelegramFailure(std::move(loop));
  }
  invocation.options.dc = *target;
  if (invocation.options.on_moved)
    invocation.options.on_moved(*target);
}

asio::awaitable<void> Client::Impl::on_unauthorized(Invocation& invocation, TelegramError error) {
  if (!account) {
    error.code = TelegramErrc::NotLoggedIn;
    error.message = fmt::format("{} is not logged in, and {} needs a login", options.account_name, invocation.name);
    throw TelegramFailure(std::move(error));
  }
  if (!is_main(invocation.sent_to) && invocation.sent_to != login_dc) {
    // Only the authorization there is gone (R10).
    if (std::exchange(invocation.authorized_again, true))
      throw TelegramFailure(std::move(error));
    dc(invocation.sent_to).authorized = false;
    co_return;
  }
  error.code = TelegramErrc::LoggedOut;
  error.message =
      fmt::format("Telegram has ended the login of {} ({}); log in again", options.account_name, error.rpc->text);
  co_await lose_login(std::move(error));
}

asio::awaitable<void> Client::Impl::lose_login(TelegramError error) {
  account.reset();
  end(error);
  co_await erase();
  throw TelegramFailure(std::move(error));
}

asio::awaitable<void> Client::Impl::authorize(DcId id, net::Deadline deadline) {
  const auto done = [this, id] { return !account || id == login_dc || dc(id).authorized; };
  while (!done() && dc(id).importing) {
    const bool in_time = co_await changed.wait_until([this, id] { return ended || !dc(id).importing; }, deadline);
    throw_if_ended();
    if (!in_time) {
      throw failure(TelegramErrc::DeadlineExceeded,
                    fmt::format("the login did not arrive at data centre {} in time", id.value()));
    }
  }
  if (done())
    co_return;
  dc(id).importing = true;
  std::exception_ptr problem;
  for (int tries = 0; tries < kMostImports; ++tries) {
    problem = nullptr;
    bool again = false;
    try {
      co_await import_authorization(id, deadline);
    } catch (const TelegramFailure& failed) {
      problem = std::current_exception();
      again =
          failed.error().rpc && (failed.error().rpc->is("AUTH_BYTES_INVALID") || is_server_fault(*failed.error().rpc));
    } catch (...) {
      problem = std::current_exception();
    }
    if (!again)
      break;
  }
  dc(id).importing = false;
  changed.notify_all();
  if (problem)
    std::rethrow_exception(problem);
}

asio::awaitable<void> Client::Impl::import_authorization(DcId id, net::Deadline deadline) {
  api::auth_exportAuthorization ask;
  ask.dc_id = id.value();
  const DcId home = login_dc;
  api::auth_ExportedAuthorization exported = co_await call_directly(home, std::move(ask), deadline);
  auto* ticket = exported.as<api::auth_exportedAuthorization>();
  if (ticket == nullptr)
    throw bad_answer("auth.exportAuthorization", "it is empty");
  api::auth_importAuthorization give;
  give.id = ticket->id;
  give.bytes = std::move(ticket->bytes);
  co_await call_directly(id, std::move(give), deadline);
  dc(id).authorized = true;
  if (is_main(id))
    login_dc = id;
  co_await save();
}

void Client::Impl::ask_for_config() {
  if (config_asked || (config_due && clock.now().monotonic < *config_due))
    return;
  config_asked = true;
  config_asked_at = clock.now().monotonic;
  config_due = *config_asked_at + kConfigRetry;
  tasks.spawn("help.getConfig", refresh_config());
}

/// updateConfig and updateDcOptions ask for another help.getConfig (C9). An update is not parsed for that: if their
/// numbers stand in it by accident, all that follows is one call more.
void Client::Impl::watch_for_config(ByteView update) {
  for (std::size_t at = 0; at + 4 <= update.size(); at += 4) {
    const std::uint32_t id = load_le32(update.subspan(at, 4));
    if (id != api::updateConfig::kId && id != api::updateDcOptions::kId)
      continue;
    const nanoseconds earliest = config_asked_at.value_or(nanoseconds::min() / 2) + kConfigRetry;
    const nanoseconds now = clock.now().monotonic;
    config_due = std::min(config_due.value_or(earliest), std::max(earliest, now));
    ask_for_config();
    return;
  }
}

asio::awaitable<void> Client::Impl::refresh_config() {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  CallOptions call_options;
  call_options.deadline = net::deadline_after(kConfigTime);
  const api::help_getConfig ask;
  struct Asked {
    bool& asked;
    ~Asked() { asked = false; }
  } const asked{config_asked};
  const api::Config answer = co_await invoke_typed(ask, std::move(call_options));
  const auto* config = answer.as<api::config>();
  if (config == nullptr)
    co_return;
  // By how long it is good, not until when: the clocks need not agree.
  const std::chrono::seconds life(std::int64_t{config->expires} - config->date);
  config_due = clock.now().monotonic + std::clamp<nanoseconds>(life, kConfigRetry, kLongestConfig);
  take_addresses(config->dc_options);
}

}  // namespace ledgram::telegram
