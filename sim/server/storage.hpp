#pragma once

/// What the simulator remembers, in one SQLite file (DIR/state.db): rows of text under (kind, key).

#include "ledgram/sim_content/state_store.hpp"
#include "ledgram/sim_server/error.hpp"

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace ledgram::sim {

/// Each put and erase outside of a batch is a transaction of its own: after a crash of the simulator every answered
/// change is there. The database is not flushed to the platter each time, so a power cut may cost the last moments, but
/// not the file.
///
/// put, erase, begin, commit and load_all throw Failure<ServerError> (Database) when the disk fails.
class SqliteStateStore final : public StateStore {
 public:
  /// Opens the file, making it (mode 0600) if it is missing. Database if it is not ours, damaged or from a newer
  /// version.
  static ServerResult<std::unique_ptr<SqliteStateStore>> open(const std::filesystem::path& file);

  ~SqliteStateStore() override;
  SqliteStateStore(const SqliteStateStore&) = delete;
  SqliteStateStore& operator=(const SqliteStateStore&) = delete;

  void put(std::string_view kind, std::string_view key, std::string_view text) override;
  void erase(std::string_view kind, std::string_view key) override;
  void begin() override;
  void commit() override;
  [[nodiscard]] std::vector<StateRow> load_all(std::string_view kind) const override;

 private:
  struct Database;
  explicit SqliteStateStore(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
  int batches_ = 0;  ///< nested in each other
};

}  // namespace ledgram::sim
