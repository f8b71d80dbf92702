#include "ledgram/web_files/embedded_files.hpp"

/// Stands in the place of the packed files where LEDGRAM_WEB is off.

namespace ledgram::web_files {

std::span<const EmbeddedFile> embedded_files() {
  return {};
}

}  // namespace ledgram::web_files
