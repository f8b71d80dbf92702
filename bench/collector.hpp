#pragma once

/// What is put to the proof: a program that follows chats live and stores them. It is started, killed and started
/// again.

#include "audit.hpp"
#include "scene.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ledgram::bench {

/// How a run of it ended that was asked to end.
struct StopReport {
  int exit_code = 0;
  double seconds = 0;
  std::vector<std::string> lines;     ///< what it printed since it was ready
  std::vector<std::string> problems;  ///< in words; empty: as it should be
};

class Collector {
 public:
  Collector() = default;
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  virtual ~Collector();

  /// Logs the accounts in and tells it what to follow. Throws std::runtime_error.
  virtual void prepare() = 0;

  /// What it promises, and so what is looked at.
  [[nodiscard]] virtual AuditOptions promises() const = 0;

  /// Everything that it has stored. Throws std::runtime_error.
  virtual void read(Audit& audit) = 0;

  /// Differs from the one before if something was stored in between.
  virtual std::int64_t version() = 0;

  /// Phone numbers of the accounts that need a new login, as it says; nothing if it does not say.
  virtual std::optional<std::set<std::string>> logged_out() { return std::nullopt; }

  /// What a power failure may do while it does not run: of the journal of its store only a `share`, 0 to 1, is left.
  /// How many bytes that took. Throws std::runtime_error if it has none that is known here.
  virtual std::uintmax_t lose_power(double share);

  /// How often it was handed a message that it had; nothing if it does not count.
  virtual std::optional<std::int64_t> handed_over_again() { return std::nullopt; }

  /// Throws std::runtime_error if it cannot be started. Does not wait until it is connected.
  void start();

  /// Waits for the line that says that it is connected, which is returned; nothing if it did not come, or it ended.
  std::optional<std::string> wait_until_serving(std::chrono::milliseconds patience);

  void kill();
  StopReport stop();

  [[nodiscard]] bool started() const { return process_.has_value(); }
  [[nodiscard]] bool running() const { return process_ && process_->running(); }
  [[nodiscard]] const Process& process() const { return *process_; }

  /// It has ended by itself: its exit code. It can be started again then.
  int take_end();

 protected:
  [[nodiscard]] virtual std::vector<std::string> command() const = 0;
  [[nodiscard]] virtual std::filesystem::path errors() const = 0;
  virtual void check_stop(StopReport& report) const = 0;

 private:
  std::optional<Process> process_;
};

struct CollectorOptions {
  std::string name = "ledgram";    ///< or telethon, tdlib, pyrofork
  std::filesystem::path programs;  ///< the folder with ledgram
  std::filesystem::path folder;    ///< for its data and its logs
  bool private_chats = false;      ///< follows them, and basic groups
};

/// `scene` must outlive it. Throws std::runtime_error if there is no collector of that name, or its library is not
/// there.
std::unique_ptr<Collector> make_collector(const CollectorOptions& options, const Scene& scene);

}  // namespace ledgram::bench
