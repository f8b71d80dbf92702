#include "ledgram/app/log_setup.hpp"

#include "ledgram/app/error.hpp"

#include <fmt/format.h>

namespace ledgram::app {

log::Setup command_log(const cli::LogOptions& options) {
  log::Setup setup;
  setup.levels.apply(options.levels);
  setup.format = options.format.value_or(log::Format::Text);
  if (options.file)
    setup.file = log::FileSetup{.path = *options.file};
  return setup;
}

log::Setup service_log(const cli::LogOptions& options, const LogConfig& config, const std::filesystem::path& data) {
  log::Setup setup;
  setup.levels = log::Levels(log::Level::Info);
  setup.levels.apply(config.levels);
  setup.levels.apply(options.levels);
  setup.format = options.format.value_or(config.format.value_or(log::Format::Text));
  setup.delivery = log::Delivery::Thread;
  if (options.file || !config.file.empty()) {
    setup.file = log::FileSetup{
        .path = options.file.value_or(data / config.file), .max_size = config.max_size, .keep = config.keep};
  }
  return setup;
}

void set_up_log(const log::Setup& setup) {
  if (const auto done = log::configure(setup); !done)
    throw AppFailure({AppErrc::Io, fmt::format("the log cannot be written: {}", done.error())});
}

}  // namespace ledgram::app
