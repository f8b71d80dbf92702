#pragma once

/// What a service tells systemd (sd_notify). All of it does nothing when nobody listens (NOTIFY_SOCKET is not set).

#include "ledgram/base/clock.hpp"

#include <optional>
#include <string_view>

namespace ledgram::app::systemd {

/// The service is up; `status` is the line that `systemctl status` shows.
void notify_ready(std::string_view status);
void notify_status(std::string_view status);
void notify_stopping();
/// The service is alive; to be said at least once in watchdog_time().
void notify_alive();

/// After this time without notify_alive() systemd takes the process for hung (WATCHDOG_USEC); nothing if it does not
/// watch this process.
std::optional<nanoseconds> watchdog_time();

}  // namespace ledgram::app::systemd
