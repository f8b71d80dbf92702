#pragma once

/// How a running ledgram-sim is found: its data folder holds ready.json and public.pem (docs/ledgram-sim.md).

#include "ledgram/app/error.hpp"
#include "ledgram/telegram/dc_table.hpp"

#include <filesystem>

namespace ledgram::app {

/// The addresses and the key of the simulator that runs on `folder`. Errors: NoSimulator, with what to do.
AppResult<telegram::DcTable> simulator_dcs(const std::filesystem::path& folder);

}  // namespace ledgram::app
