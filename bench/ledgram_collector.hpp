#pragma once

/// `ledgram serve` under proof.

#include "ledgram/ledger/ledger.hpp"

#include "collector.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ledgram::bench {

class LedgramCollector : public Collector {
 public:
  LedgramCollector(const CollectorOptions& options, const Scene& scene);

  void prepare() override;
  [[nodiscard]] AuditOptions promises() const override { return {}; }
  void read(Audit& audit) override;
  std::int64_t version() override;
  std::optional<std::set<std::string>> logged_out() override;
  std::uintmax_t lose_power(double share) override;

  /// Its data folder.
  [[nodiscard]] const std::filesystem::path& data() const { return data_; }

 protected:
  [[nodiscard]] std::vector<std::string> command() const override;
  [[nodiscard]] std::filesystem::path errors() const override { return errors_; }
  void check_stop(StopReport& report) const override;

 private:
  void follow_private_chats() const;
  /// The ledger, opened for reading when it is first asked for.
  ledger::Ledger& ledger();
  void run_ledgram(std::vector<std::string> arguments) const;
  void read_channels(Audit& audit);
  void read_private_chats(Audit& audit);
  void read_news(Audit& audit);

  CollectorOptions options_;
  const Scene& scene_;
  std::filesystem::path data_;
  std::filesystem::path errors_;
  std::optional<ledger::Ledger> ledger_;
};

}  // namespace ledgram::bench
