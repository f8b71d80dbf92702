#pragma once

/// A collector of the usual kind on another library (bench/peers/collector.py), for the comparison.

#include "collector.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::bench {

class PeerCollector : public Collector {
 public:
  PeerCollector(const CollectorOptions& options, const Scene& scene);
  ~PeerCollector() override;

  void prepare() override;
  [[nodiscard]] AuditOptions promises() const override;
  void read(Audit& audit) override;
  std::int64_t version() override;
  std::optional<std::int64_t> handed_over_again() override;

 protected:
  [[nodiscard]] std::vector<std::string> command() const override;
  [[nodiscard]] std::filesystem::path errors() const override { return errors_; }
  void check_stop(StopReport& report) const override;

 private:
  class Store;

  [[nodiscard]] std::vector<std::string> words(const std::string& what) const;
  Store& store();

  CollectorOptions options_;
  const Scene& scene_;
  std::filesystem::path data_;
  std::filesystem::path errors_;
  std::unique_ptr<Store> store_;
};

}  // namespace ledgram::bench
