#pragma once

/// The checks of `ledgram doctor` that look at this machine: folder, files, disk, key, ledger, accounts. None of them
/// changes anything, and none throws: what is wrong becomes a finding.

#include "ledgram/app/account_route.hpp"
#include "ledgram/app/config.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/cli/doctor_report.hpp"
#include "ledgram/ledger/data_lock.hpp"
#include "ledgram/ledger/ledger.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace ledgram::app {

using Findings = std::vector<cli::Finding>;

/// What the checks of the machine leave for those of the network.
struct DoctorSubject {
  std::optional<Config> config;
  std::optional<ledger::DataLock> lock;
  std::vector<AccountRoute> routes;  ///< each different way to Telegram once; the accounts' names joined
};

/// All checks in their order. The folder's lock is taken if it is free.
DoctorSubject check_machine(const std::filesystem::path& data, RandomSource& random, Findings& findings);

/// How much room `free` bytes are. For check_machine() and its tests.
cli::Finding disk_finding(const std::filesystem::path& data, std::uint64_t free);

}  // namespace ledgram::app
