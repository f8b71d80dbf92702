#pragma once

/// The files of the web app as they stand in the binary. The table is written by web/scripts/pack.mjs.

#include <span>
#include <string_view>

namespace ledgram::web_files {

struct EmbeddedFile {
  std::string_view path;  ///< "/assets/index-1a2b3c.js"
  std::string_view content_type;
  std::string_view body;
  std::string_view gzip;  ///< the body compressed; empty: it does not get smaller
  std::string_view hash;  ///< of the body, hexadecimal
  bool hashed_name;       ///< the path changes with the body, so it can be kept forever
};

/// Sorted by path. Empty in a build without the web app.
std::span<const EmbeddedFile> embedded_files();

}  // namespace ledgram::web_files
