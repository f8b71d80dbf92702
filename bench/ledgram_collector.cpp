#include "ledgram_collector.hpp"

#include "ledgram/app/data_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

namespace ledgram::bench {
namespace {

/// Events in one query.
constexpr std::int64_t kEventsAtOnce = 10'000;
/// What a clean stop may take, seconds.
constexpr double kStopLimit = 5;

template <class T>
T value_of(ledger::LedgerResult<T> result) {
  if (!result)
    throw std::runtime_error(fmt::format("the ledger: {}", result.error().message));
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

/// "2" five times, for a test number of DC 2 (docs/ledgram-sim.md).
std::string login_code(const std::string& phone) {
  return std::string(5, phone.at(5));
}

/// The number at this place of a file; 0 beyond its end.
std::uint32_t number_at(const std::filesystem::path& file, std::streamoff place, std::endian order) {
  std::array<char, 4> bytes{};
  std::ifstream in(file, std::ios::binary);
  in.seekg(place).read(bytes.data(), bytes.size());
  const auto number = std::bit_cast<std::uint32_t>(bytes);
  return order == std::endian::native ? number : std::byteswap(number);
}

/// What of a journal surely is on the disk: SQLite syncs frames before a check-point copies them into the database
/// (sqlite.org/walformat.html).
std::uintmax_t synced_bytes(const std::filesystem::path& journal, const std::filesystem::path& index) {
  constexpr std::streamoff kCopied = 128;  ///< frames that a check-point has begun to copy
  constexpr std::streamoff kPageSize = 8;
  constexpr std::uintmax_t kHeader = 32;
  constexpr std::uintmax_t kFrameHeader = 24;
  const std::uintmax_t frame = kFrameHeader + number_at(journal, kPageSize, std::endian::big);
  return kHeader + number_at(index, kCopied, std::endian::native) * frame;
}

bool is_gone(const std::optional<ledger::DeletionMark>& mark) {
  return mark && mark->state == ledger::DeletionState::Applied;
}

StoredMessage stored(const ledger::Message& message, const std::optional<ledger::DeletionMark>& mark) {
  return {.number = message.number.value(),
          .text = message.text,
          .entities = entities_of_ledger(message.entities),
          .edit_date = message.edit_date,
          .deleted = is_gone(mark)};
}

}  // namespace

LedgramCollector::LedgramCollector(const CollectorOptions& options, const Scene& scene)
    : options_(options), scene_(scene), data_(options.folder / "data"), errors_(options.folder / "serve.stderr") {}

void LedgramCollector::run_ledgram(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {options_.programs / "ledgram", "--data", data_});
  run(scene_.clock().wrap(std::move(arguments)));
}

/// Writes the settings below their section, which `ledgram init` has made.
void LedgramCollector::follow_private_chats() const {
  constexpr std::string_view kSection = "[follow]\n";
  const std::filesystem::path path = app::config_path(data_);
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t at = text.find(kSection);
  if (at == std::string::npos)
    throw std::runtime_error(path.string() + " has no section [follow]");
  text.insert(at + kSection.size(), "private_chats = true\ngroups = true\n");
  std::ofstream(path) << text;
}

void LedgramCollector::prepare() {
  run_ledgram({"init", "--sim", scene_.simulator()});
  if (options_.private_chats)
    follow_private_chats();
  for (const std::string& phone : scene_.phones())
    run_ledgram({"account", "add", "--name", phone, "--phone", "+" + phone, "--code", login_code(phone)});
  std::map<std::size_t, std::vector<std::string>> by_account;
  for (const SceneChannel& channel : scene_.channels())
    by_account[channel.follower].push_back("@" + channel.name);
  for (auto& [account, names] : by_account) {
    std::vector<std::string> arguments{"channel", "add"};
    std::ranges::move(names, std::back_inserter(arguments));
    arguments.insert(arguments.end(), {"--account", scene_.phones().at(account)});
    run_ledgram(std::move(arguments));
  }
  // What was there before is history: it is in the ledger and no news.
  run_ledgram({"collect"});
}

std::vector<std::string> LedgramCollector::command() const {
  return scene_.clock().wrap({options_.programs / "ledgram", "--data", data_, "--log-level", "debug", "serve",
                              "--no-http", "--log-format", "json", "--log-file", options_.folder / "serve.log"});
}

void LedgramCollector::check_stop(StopReport& report) const {
  if (report.exit_code != 0)
    report.problems.push_back(fmt::format("it ended with exit code {}", report.exit_code));
  if (report.seconds > kStopLimit)
    report.problems.push_back(fmt::format("it took {:.1f} s to stop", report.seconds));
  const auto said = [](const std::string& line) {
    return line.starts_with("stopped: 0 tasks pending, ") && line.ends_with(" messages committed");
  };
  if (std::ranges::none_of(report.lines, said))
    report.problems.push_back(fmt::format("it did not say that no task is pending; its last line: \"{}\"",
                                          report.lines.empty() ? "" : report.lines.back()));
  std::ifstream errors(errors_);
  const std::string text((std::istreambuf_iterator<char>(errors)), {});
  if (!text.empty())
    report.problems.push_back(fmt::format("it wrote to standard error: {}", text.substr(0, 500)));
}

ledger::Ledger& LedgramCollector::ledger() {
  if (!ledger_)
    ledger_.emplace(value_of(ledger::Ledger::open(app::ledger_path(data_), {.mode = ledger::OpenMode::ReadOnly})));
  return *ledger_;
}

std::int64_t LedgramCollector::version() {
  return value_of(ledger().data_version());
}

std::optional<std::set<std::string>> LedgramCollector::logged_out() {
  std::set<std::string> phones;
  for (const ledger::Account& account : value_of(ledger().accounts())) {
    if (account.state == ledger::AccountState::LoggedOut)
      phones.insert(account.phone.reveal());
  }
  return phones;
}

/// Of what SQLite has not synced nothing need have reached the disk (docs/decisions/0004).
std::uintmax_t LedgramCollector::lose_power(double share) {
  // A connection of ours would keep the index of the journal alive, which a machine that starts anew does not have.
  ledger_.reset();
  const std::string file = app::ledger_path(data_).string();
  const std::filesystem::path journal = file + "-wal";
  if (!std::filesystem::exists(journal))
    return 0;
  const std::uintmax_t size = std::filesystem::file_size(journal);
  const std::uintmax_t kept = std::min(size, synced_bytes(journal, file + "-shm"));
  const auto lost = static_cast<std::uintmax_t>(static_cast<double>(size - kept) * (1 - share));
  std::filesystem::remove(file + "-shm");
  std::filesystem::resize_file(journal, size - lost);
  return lost;
}

void LedgramCollector::read_channels(Audit& audit) {
  for (const ledger::Channel& channel : value_of(ledger().channels())) {
    ledger::PostFilter filter;
    filter.channel = channel.id;
    filter.include = ledger::Include::PostsAndService;
    filter.include_deleted = ledger::IncludeDeleted::Yes;
    value_of(ledger().posts(filter, [&](const ledger::Post& post) {
      StoredMessage message = stored(post.message, post.deletion);
      message.place.channel = channel.id.value();
      audit.add(message);
      return ledger::Visit::Continue;
    }));
  }
}

void LedgramCollector::read_private_chats(Audit& audit) {
  for (const ledger::Account& account : value_of(ledger().accounts())) {
    const Place place{.account = digits_of(account.phone.reveal())};
    for (const ledger::PrivatePost& post :
         value_of(ledger().private_messages(account.id, std::nullopt, std::numeric_limits<std::int64_t>::max()))) {
      StoredMessage message = stored(post.message.message, post.deletion);
      message.place = place;
      message.peer = fmt::format("{} {}", name_of(post.message.peer.type), post.message.peer.id);
      audit.add(message);
    }
  }
}

void LedgramCollector::read_news(Audit& audit) {
  std::map<AccountId, std::int64_t> phones;
  for (const ledger::Account& account : value_of(ledger().accounts()))
    phones[account.id] = digits_of(account.phone.reveal());
  ledger::EventFilter filter{.from = 1, .limit = kEventsAtOnce, .type = ledger::EventType::MessageNew};
  while (true) {
    const std::vector<ledger::Event> events = value_of(ledger().events(filter));
    for (const ledger::Event& event : events) {
      // An event of a channel names the account that brought it as well.
      const Place place =
          event.channel ? Place{.channel = event.channel->value()} : Place{.account = phones.at(event.account.value())};
      audit.add_news(place, event.message.value().value());
    }
    if (std::ssize(events) < kEventsAtOnce)
      return;
    filter.from = events.back().number + 1;
  }
}

void LedgramCollector::read(Audit& audit) {
  read_channels(audit);
  if (options_.private_chats)
    read_private_chats(audit);
  read_news(audit);
}

}  // namespace ledgram::bench
