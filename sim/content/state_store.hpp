#pragma once

/// What of the simulator's state outlives a restart: rows of text under (kind, key). The content and API floors decide
/// what the rows say; whoever runs the simulator decides where they lie (the server keeps them in SQLite).
///
/// Chats themselves are not stored: exports and the generator are read again at start, and what was published,
/// edited or deleted since is stored here and laid on top.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgram::sim {

struct StateRow {
  std::string key;
  std::string text;
};

class StateStore {
 public:
  virtual ~StateStore() = default;

  /// Writes the row, replacing what was there. Must be on disk before an answer that depends on it is sent.
  virtual void put(std::string_view kind, std::string_view key, std::string_view text) = 0;

  /// Without effect if there is no such row.
  virtual void erase(std::string_view kind, std::string_view key) = 0;

  /// What is written between these is on disk when commit() returns, all at once. They may be nested; the outermost
  /// counts.
  virtual void begin() {}
  virtual void commit() {}

  /// All rows of a kind, ascending by key (compared byte by byte).
  [[nodiscard]] virtual std::vector<StateRow> load_all(std::string_view kind) const = 0;
};

/// Runs `work` as one batch. What was written before it threw is kept, since it was done.
template <class Work>
void in_batch(StateStore& state, Work work) {
  state.begin();
  try {
    work();
  } catch (...) {
    state.commit();
    throw;
  }
  state.commit();
}

/// Keeps rows in memory, for tests and for a simulator that shall forget everything.
class MemoryStateStore final : public StateStore {
 public:
  void put(std::string_view kind, std::string_view key, std::string_view text) override {
    rows_[std::pair{std::string(kind), std::string(key)}] = text;
  }

  void erase(std::string_view kind, std::string_view key) override {
    rows_.erase(std::pair{std::string(kind), std::string(key)});
  }

  [[nodiscard]] std::vector<StateRow> load_all(std::string_view kind) const override {
    std::vector<StateRow> rows;
    for (const auto& [name, text] : rows_) {
      if (name.first == kind)
        rows.push_back({name.second, text});
    }
    return rows;
  }

 private:
  std::map<std::pair<std::string, std::string>, std::string> rows_;
};

}  // namespace ledgram::sim
