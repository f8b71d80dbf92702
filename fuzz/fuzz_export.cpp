/// Chat exports come from people's disks: a broken one is an error that names the place.

#include "ledgram/sim_content/export_loader.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)ledgram::sim::load_export(text, "fuzzed", "fuzzed.json");
  return 0;
}
