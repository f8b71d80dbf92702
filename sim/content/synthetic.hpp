#pragma once

/// Chats of any size from a seed, for benches and for tests of paging. The same options always give the same messages.

#include "ledgram/sim_content/channel.hpp"
#include "ledgram/sim_content/error.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace ledgram::sim {

/// Channels get the usernames synthetic1, synthetic2, ... and ids from 1900000001 on.
struct SyntheticOptions {
  std::int32_t channels = 1;
  std::int32_t posts = 1000;  ///< messages that exist in each channel; one id in about twenty is a gap beside them
  std::uint64_t seed = 1;
};

/// Reads "channels=N,posts=M,seed=S"; each part may be left out.
Result<SyntheticOptions, ContentError> parse_synthetic_options(std::string_view text);

/// `number` counts from 1. Keeps four bytes a message; texts are made when they are read.
std::unique_ptr<Channel> make_synthetic_channel(const SyntheticOptions& options, std::int32_t number);

}  // namespace ledgram::sim
