#include "accounts_bench.hpp"

#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/tl/api.hpp"

#include "logins.hpp"
#include "process.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace ledgram::bench {
namespace {

namespace json = boost::json;
using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

double own_rss_mb() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  file >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

asio::awaitable<void> log_one_in(Shard& shard, std::size_t number, Bytes& session) {
  telegram::MemoryKeyStore keys;
  const auto client = shard.client(keys);
  co_await client->start();
  const std::string phone = test_phone(number);
  co_await log_in(*client, phone);
  co_await client->close();
  session = telegram::to_bytes(keys.session().value());
}

void write_sessions(const std::filesystem::path& path, const std::vector<Bytes>& sessions) {
  std::ofstream file(path, std::ios::binary);
  for (const Bytes& session : sessions)
    file << to_hex(session) << '\n';
  if (!file.flush())
    throw std::runtime_error(fmt::format("cannot write {}", path.string()));
}

std::vector<telegram::StoredSession> read_sessions(const std::filesystem::path& path) {
  std::vector<telegram::StoredSession> sessions;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto bytes = from_hex(line);
    auto session = telegram::from_bytes(bytes.value());
    if (!session)
      throw std::runtime_error(session.error().message);
    sessions.push_back(std::move(*session));
  }
  return sessions;
}

struct Account {
  telegram::MemoryKeyStore keys;
  std::unique_ptr<telegram::Client> client;

  explicit Account(telegram::StoredSession session) : keys(std::move(session)) {}
};

/// Connected means that the server has answered a call of the account.
asio::awaitable<void> connect(telegram::Client& client) {
  co_await client.start();
  tl::api::updates_getState method;
  co_await client.invoke(method);
}

json::object read_object(Process& process, std::string_view what) {
  const std::string line = process.read_line();
  const Usage usage = process.wait();
  if (usage.exit_code != 0)
    throw std::runtime_error(fmt::format("{} ended with {}", what, usage.exit_code));
  return json::parse(line).as_object();
}

}  // namespace

void log_accounts_in(const std::filesystem::path& simulator, const std::filesystem::path& sessions,
                     std::int32_t count) {
  Shard shard(simulator);
  std::vector<Bytes> stored(static_cast<std::size_t>(count));
  const auto start = SteadyClock::now();
  shard.run([&]() -> asio::awaitable<void> {
    net::TaskGroup group(shard.loop.get_executor());
    std::size_t next = 0;
    for (std::size_t worker = 0; worker < kLoginsAtOnce; ++worker) {
      group.spawn("log in", [&]() -> asio::awaitable<void> {
        while (next < stored.size()) {
          const std::size_t number = next++;
          co_await log_one_in(shard, number, stored[number]);
        }
      });
    }
    co_await group.join();
  });
  write_sessions(sessions, stored);
  fmt::print("{}\n", json::serialize(json::object{{"login_seconds", seconds_since(start)}}));
}

void connect_accounts(const std::filesystem::path& simulator, const std::filesystem::path& sessions) {
  Shard shard(simulator);
  std::vector<std::unique_ptr<Account>> accounts;
  for (telegram::StoredSession& session : read_sessions(sessions))
    accounts.push_back(std::make_unique<Account>(std::move(session)));
  const double rss_before = own_rss_mb();

  const auto start = SteadyClock::now();
  for (const auto& account : accounts)
    account->client = shard.client(account->keys);
  double connected = 0;
  double rss = 0;
  double stopped = 0;
  shard.run([&]() -> asio::awaitable<void> {
    net::TaskGroup group(shard.loop.get_executor());
    for (const auto& account : accounts)
      group.spawn("connect", connect(*account->client));
    co_await group.join();
    connected = seconds_since(start);
    // What the answers of the last calls still bring (acknowledgements, new sessions) belongs to an idle account.
    co_await net::sleep_for(std::chrono::seconds(2));
    rss = own_rss_mb();
    const auto stop = SteadyClock::now();
    for (const auto& account : accounts)
      group.spawn("close", account->client->close());
    co_await group.join();
    stopped = seconds_since(stop);
  });
  const auto count = static_cast<double>(accounts.size());
  fmt::print("{}\n", json::serialize(json::object{{"accounts", accounts.size()},
                                                  {"kb_per_account", (rss - rss_before) * 1000 / count},
                                                  {"connect_seconds", connected},
                                                  {"stop_seconds", stopped},
                                                  {"rss_mb", rss}}));
}

AccountsResult accounts_bench(const AccountsOptions& options) {
  const ScratchFolder scratch;
  const std::string simulated = scratch.path() / "sim";
  const std::string sessions = scratch.path() / "sessions";
  const std::string self = options.programs / "ledgram-bench";
  Process simulator(
      {options.programs / "ledgram-sim", "--data", simulated, "--synthetic", "channels=1,posts=10,seed=1"});
  if (simulator.read_line().find("\"ready\"") == std::string::npos)
    throw std::runtime_error("the simulator did not start");

  AccountsResult result;
  Process login(
      {self, "log-in", "--simulator", simulated, "--sessions", sessions, "--count", std::to_string(options.count)});
  result.login_seconds = read_object(login, "logging in").at("login_seconds").to_number<double>();

  Process measured({self, "connect", "--simulator", simulated, "--sessions", sessions});
  const json::object found = read_object(measured, "connecting");
  result.accounts = found.at("accounts").to_number<std::int32_t>();
  result.kb_per_account = found.at("kb_per_account").to_number<double>();
  result.connect_seconds = found.at("connect_seconds").to_number<double>();
  result.stop_seconds = found.at("stop_seconds").to_number<double>();
  result.rss_mb = found.at("rss_mb").to_number<double>();
  return result;
}

}  // namespace ledgram::bench
