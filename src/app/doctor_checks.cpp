#include "ledgram/app/doctor_checks.hpp"

#include "ledgram/app/data_folder.hpp"
#include "ledgram/ledger/seal_key.hpp"
#include "ledgram/telegram/session_store.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <system_error>

namespace ledgram::app {

namespace {

namespace fs = std::filesystem;

using cli::Finding;
using cli::Health;

constexpr std::uint64_t kMegabyte = 1024ULL * 1024;

/// SQLite needs room for its journal besides the data; below this a collection would soon stop.
constexpr std::uint64_t kTooLittle = 64 * kMegabyte;
/// About half a million posts.
constexpr std::uint64_t kLittle = 1024 * kMegabyte;

void add(Findings& findings, Health health, std::string check, std::string text, std::string advice = {}) {
  findings.push_back({health, std::move(check), std::move(text), std::move(advice)});
}

/// Permission bits, or nothing if the file cannot be looked at.
std::optional<mode_t> mode_of(const fs::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0)
    return std::nullopt;
  return status.st_mode & 0777U;
}

bool is_open_to_others(mode_t mode) {
  return (mode & 077U) != 0;
}

/// The folder and the files with secrets in it. False if there is no folder.
bool check_folder(const fs::path& data, Findings& findings) {
  const auto mode = mode_of(data);
  if (!mode || !fs::is_directory(data)) {
    add(findings, Health::Problem, "data folder", fmt::format("{} is no folder", data.string()),
        "name the right one with --data, or begin with: ledgram init");
    return false;
  }
  bool closed = true;
  if (is_open_to_others(*mode)) {
    closed = false;
    add(findings, Health::Warning, "data folder",
        fmt::format("{} is open to others (mode {:03o})", data.string(), *mode),
        fmt::format("close it: chmod 700 {}", data.string()));
  }
  for (const char* name : {"ledgram.toml", "ledger.db", "lock"}) {
    const auto file_mode = mode_of(data / name);
    if (!file_mode || !is_open_to_others(*file_mode))
      continue;
    closed = false;
    add(findings, Health::Warning, "data folder",
        fmt::format("{} is open to others (mode {:03o})", (data / name).string(), *file_mode),
        fmt::format("close it: chmod 600 {}", (data / name).string()));
  }
  if (closed)
    add(findings, Health::Ok, "data folder", fmt::format("{}, open to its owner only", data.string()));
  return true;
}

std::optional<Config> check_configuration(const fs::path& data, Findings& findings) {
  auto config = read_config(data);
  if (!config) {
    add(findings, Health::Problem, "configuration", config.error().message);
    return std::nullopt;
  }
  std::string text = config_path(data).string();
  text += config->proxy ? ", proxy " + telegram::describe(*config->proxy) : std::string(", no proxy");
  add(findings, Health::Ok, "configuration", std::move(text));
  return std::move(*config);
}

std::optional<ledger::DataLock> check_lock(const fs::path& data, Findings& findings) {
  auto lock = ledger::DataLock::acquire(data);
  if (lock) {
    add(findings, Health::Ok, "lock", "no other ledgram uses the folder");
    return std::move(*lock);
  }
  if (lock.error().code == ledger::LedgerErrc::Locked) {
    add(findings, Health::Warning, "lock", lock.error().message,
        "the ledger was checked quickly only; stop the other ledgram for the full check");
  } else {
    add(findings, Health::Problem, "lock", lock.error().message);
  }
  return std::nullopt;
}

void check_disk(const fs::path& data, Findings& findings) {
  std::error_code problem;
  const fs::space_info space = fs::space(data, problem);
  if (problem) {
    add(findings, Health::Problem, "disk",
        fmt::format("cannot ask for the room of {}: {}", data.string(), problem.message()));
    return;
  }
  findings.push_back(disk_finding(data, space.available));
}

std::optional<crypto::SealKey> check_seal_key(const fs::path& data, RandomSource& random, Findings& findings) {
  const char* variable = std::getenv("LEDGRAM_SEAL_KEY");
  const bool from_environment = variable != nullptr && *variable != '\0';
  // load_or_create_seal_key() would make one, and the sessions of the old one would be lost for good.
  if (!from_environment && !fs::exists(data / "seal.key")) {
    add(findings, Health::Problem, "seal key", fmt::format("{} is missing", (data / "seal.key").string()),
        "put it back from a copy; without it the accounts have to log in again");
    return std::nullopt;
  }
  auto key = ledger::load_or_create_seal_key(data, random);
  if (!key) {
    add(findings, Health::Problem, "seal key", key.error().message);
    return std::nullopt;
  }
  return std::move(*key);
}

std::optional<ledger::Ledger> check_ledger(const fs::path& data, bool alone, Findings& findings) {
  auto ledger = ledger::Ledger::open(ledger_path(data), {.mode = ledger::OpenMode::ReadOnly});
  if (!ledger) {
    add(findings, Health::Problem, "ledger", ledger.error().message);
    return std::nullopt;
  }
  const auto depth = alone ? ledger::IntegrityCheck::Full : ledger::IntegrityCheck::Quick;
  if (const auto checked = ledger->check_integrity(depth); !checked) {
    add(findings, Health::Problem, "ledger", checked.error().message);
    return std::move(*ledger);
  }
  const auto version = ledger->schema_version();
  const auto messages = ledger->message_count();
  const auto channels = ledger->channels();
  if (!version || !messages || !channels) {
    const ledger::LedgerError& error = !version ? version.error() : (!messages ? messages.error() : channels.error());
    add(findings, Health::Problem, "ledger", error.message);
    return std::move(*ledger);
  }
  add(findings, Health::Ok, "ledger",
      fmt::format("{} messages, schema {}, {}", *messages, *version,
                  alone ? "undamaged, ranges consistent" : "no damage found by the quick check, ranges consistent"));
  for (const ledger::Channel& channel : *channels) {
    if (channel.follow != ledger::FollowState::Followed || channel.account)
      continue;
    add(findings, Health::Warning, "channels", fmt::format("no account collects @{} any more", channel.username),
        fmt::format("choose one: ledgram channel add @{}", channel.username));
  }
  return std::move(*ledger);
}

void check_session(ledger::Ledger& ledger, const ledger::Account& account, Findings& findings) {
  const std::string check = "account " + account.name;
  const std::string again = "log it in again: ledgram account add";
  if (account.state == ledger::AccountState::LoggedOut) {
    add(findings, Health::Warning, check, "Telegram has ended its login", again);
    return;
  }
  const auto stored = ledger.load_session(account.id);
  if (!stored) {
    add(findings, Health::Problem, check, stored.error().message, again);
    return;
  }
  if (!*stored) {
    add(findings, Health::Problem, check, "its session is missing", again);
    return;
  }
  const auto session = telegram::from_bytes((*stored)->reveal());
  if (!session) {
    add(findings, Health::Problem, check, session.error().message, again);
    return;
  }
  add(findings, Health::Ok, check, fmt::format("logged in, data centre {}", session->main_dc.value()));
}

/// Accounts that go the same way are one route.
void add_route(std::vector<AccountRoute>& routes, std::map<std::string, std::size_t>& known, std::string way,
               AccountRoute route) {
  const auto [found, is_new] = known.emplace(std::move(way), routes.size());
  if (is_new) {
    routes.push_back(std::move(route));
  } else {
    routes[found->second].name += ", " + route.name;
  }
}

void check_accounts(ledger::Ledger& ledger, const std::optional<Config>& config, DoctorSubject& subject,
                    Findings& findings) {
  const auto accounts = ledger.accounts();
  if (!accounts) {
    add(findings, Health::Problem, "accounts", accounts.error().message);
    return;
  }
  if (accounts->empty()) {
    add(findings, Health::Warning, "accounts", "there are none yet", "log one in: ledgram account add --phone +NUMBER");
  }
  std::map<std::string, std::size_t> known;
  for (const ledger::Account& account : *accounts) {
    check_session(ledger, account, findings);
    const auto proxy = ledger.account_proxy(account.id);
    if (!proxy) {
      add(findings, Health::Problem, "account " + account.name, proxy.error().message);
      continue;
    }
    if (!config || account.state != ledger::AccountState::Active)
      continue;
    const SecretText choice = proxy->value_or(SecretText());
    try {
      add_route(subject.routes, known, choice.reveal(), route_for(*config, account.name, choice));
    } catch (const telegram::TelegramFailure& failure) {
      add(findings, Health::Problem, "account " + account.name, failure.what(), "set it again: ledgram account proxy");
    }
  }
}

}  // namespace

cli::Finding disk_finding(const fs::path& data, std::uint64_t free) {
  Finding finding{Health::Ok, "disk", fmt::format("{} MB free for {}", free / kMegabyte, data.string()), {}};
  if (free < kLittle) {
    finding.health = free < kTooLittle ? Health::Problem : Health::Warning;
    finding.advice = "make room on that disk; a ledger takes about 2 KB a post";
  }
  return finding;
}

DoctorSubject check_machine(const fs::path& data, RandomSource& random, Findings& findings) {
  DoctorSubject subject;
  if (!check_folder(data, findings))
    return subject;
  subject.config = check_configuration(data, findings);
  subject.lock = check_lock(data, findings);
  check_disk(data, findings);
  auto key = check_seal_key(data, random, findings);
  auto ledger = check_ledger(data, subject.lock.has_value(), findings);
  if (key && ledger) {
    if (const auto used = ledger->use_seal_key(std::move(*key), random); !used) {
      add(findings, Health::Problem, "seal key", used.error().message);
    } else {
      add(findings, Health::Ok, "seal key", "it is the one that this ledger's sessions are sealed with");
      check_accounts(*ledger, subject.config, subject, findings);
    }
  }
  if (subject.routes.empty() && subject.config)
    subject.routes.push_back(route_for(*subject.config, "no account", {}));
  return subject;
}

}  // namespace ledgram::app
