#pragma once

/// The checks of `ledgram doctor` that ask Telegram: whether each data centre can be reached in each way that accounts
/// go, whether it proves with its RSA key that it is Telegram's, and what its clock says.

#include "ledgram/app/account_route.hpp"
#include "ledgram/app/config.hpp"
#include "ledgram/app/doctor_checks.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/net/asio.hpp"

#include <chrono>
#include <functional>
#include <string_view>
#include <vector>

namespace ledgram::app {

/// No data centre is waited for any longer, whatever it does: connecting and key exchange on each of its addresses.
inline constexpr std::chrono::seconds kProbeTime{20};

/// Called when the probes begin and whenever one has ended: "3 of 5 data centres have answered".
using ProgressLine = std::function<void(std::string_view)>;

/// Asks all data centres of one route at once and appends a finding for each, in their order, and one for the clock.
/// Each makes an authorization key that nobody uses. Everything must live until the end. Throws AppFailure NoSimulator.
asio::awaitable<void> check_network(const Config& config, const AccountRoute& route, RandomSource& random,
                                    const Clock& clock, const ProgressLine& progress, Findings& findings);

/// What a server's time minus ours means. For check_network() and its tests.
cli::Finding clock_finding(std::chrono::seconds offset);

}  // namespace ledgram::app
