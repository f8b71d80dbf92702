#include "peer_collector.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sqlite3.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace ledgram::bench {
namespace {

struct Library {
  std::string_view name;
  std::string_view needs;  ///< a file below build/judges without which it is not there
};
constexpr std::array kLibraries{
    Library{"telethon", "python/bin/python3"},
    Library{"tdlib", "node_modules/@prebuilt-tdlib/linux-x64-glibc/libtdjson.so"},
    Library{"pyrofork", "python/bin/python3"},
};

}  // namespace

/// Reads what collector.py's Store writes.
class PeerCollector::Store {
 public:
  explicit Store(const std::filesystem::path& file) {
    if (sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK)
      fail(file.string());
    sqlite3_busy_timeout(handle_, 5000);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() { sqlite3_close(handle_); }

  template <class Visit>
  void select(const char* sql, Visit visit) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_, sql, -1, &statement, nullptr) != SQLITE_OK)
      fail(sql);
    int result = sqlite3_step(statement);
    for (; result == SQLITE_ROW; result = sqlite3_step(statement))
      visit(statement);
    sqlite3_finalize(statement);
    if (result != SQLITE_DONE)
      fail(sql);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(fmt::format("{}: {}", what, sqlite3_errmsg(handle_)));
  }

  sqlite3* handle_ = nullptr;
};

PeerCollector::PeerCollector(const CollectorOptions& options, const Scene& scene)
    : options_(options), scene_(scene), data_(options.folder / "data"), errors_(options.folder / "collector.stderr") {
  for (const Library& library : kLibraries) {
    if (library.name != options.name)
      continue;
    const std::filesystem::path needed = std::filesystem::path(LEDGRAM_SOURCE_DIR "/build/judges") / library.needs;
    if (!std::filesystem::exists(needed))
      throw std::runtime_error(fmt::format("{} is missing; ./dev test fetches it", needed.string()));
    return;
  }
  throw std::runtime_error(fmt::format("there is no collector \"{}\"", options.name));
}

PeerCollector::~PeerCollector() = default;

std::vector<std::string> PeerCollector::words(const std::string& what) const {
  std::vector<std::string> names;
  for (const SceneChannel& channel : scene_.channels())
    names.push_back(channel.name);
  return {LEDGRAM_SOURCE_DIR "/build/judges/python/bin/python3",
          "-B",
          fmt::format("{}/bench/peers/collect_{}.py", LEDGRAM_SOURCE_DIR, options_.name),
          what,
          "--simulator",
          scene_.simulator(),
          "--data",
          data_,
          "--phones",
          fmt::format("{}", fmt::join(scene_.phones(), ",")),
          "--chats",
          fmt::format("{}", fmt::join(names, ","))};
}

void PeerCollector::prepare() {
  Process process(words("log-in"), errors_);
  std::vector<MemorySample> ignored;
  if (const Usage usage = process.wait(std::chrono::milliseconds(100), ignored); usage.exit_code != 0)
    throw std::runtime_error(fmt::format("{} could not log in; see {}", options_.name, errors_.string()));
}

std::vector<std::string> PeerCollector::command() const {
  return words("run");
}

AuditOptions PeerCollector::promises() const {
  return {.history = false, .entities = false, .trimmed = options_.name == "tdlib", .news = false};
}

void PeerCollector::check_stop(StopReport& report) const {
  if (report.exit_code != 0)
    report.problems.push_back(fmt::format("it ended with exit code {}", report.exit_code));
}

PeerCollector::Store& PeerCollector::store() {
  if (!store_)
    store_ = std::make_unique<Store>(data_ / "collected.db");
  return *store_;
}

std::int64_t PeerCollector::version() {
  std::int64_t version = 0;
  store().select("PRAGMA data_version", [&](sqlite3_stmt* row) { version = sqlite3_column_int64(row, 0); });
  return version;
}

std::optional<std::int64_t> PeerCollector::handed_over_again() {
  std::int64_t count = 0;
  store().select("SELECT total(max(handed_over - 1, 0)) FROM messages",
                 [&](sqlite3_stmt* row) { count = sqlite3_column_int64(row, 0); });
  return count;
}

void PeerCollector::read(Audit& audit) {
  store().select("SELECT account, chat, number, text, edit_date, deleted FROM messages", [&](sqlite3_stmt* row) {
    StoredMessage message;
    const std::int64_t account = sqlite3_column_int64(row, 0);
    const std::int64_t chat = sqlite3_column_int64(row, 1);
    message.place = account == 0 ? Place{.channel = chat} : Place{.account = account};
    message.number = sqlite3_column_int(row, 2);
    const void* text = sqlite3_column_text(row, 3);
    message.text.assign(static_cast<const char*>(text), static_cast<std::size_t>(sqlite3_column_bytes(row, 3)));
    message.edit_date = sqlite3_column_int64(row, 4);
    message.deleted = sqlite3_column_int(row, 5) != 0;
    audit.add(message);
  });
}

}  // namespace ledgram::bench
