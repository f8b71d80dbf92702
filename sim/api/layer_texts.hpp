#pragma once

/// The schemas of older layers that the build embeds: schema/layers/*.tl. Used inside the API floor.

#include <cstdint>
#include <span>
#include <string_view>

namespace ledgram::sim {

struct LayerText {
  std::int32_t layer = 0;
  std::string_view text;
};

/// In no order. The built-in layer, which this build's api.hpp was generated from, is not among them.
std::span<const LayerText> layer_texts();

}  // namespace ledgram::sim
