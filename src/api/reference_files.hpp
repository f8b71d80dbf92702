#pragma once

/// The files of swagger-ui in the program, compressed with gzip. For docs_routes.cpp.

#include <string_view>

namespace ledgram::api {

struct ReferenceFiles {
  std::string_view script;
  std::string_view style;
};

/// Both empty if the build had none.
ReferenceFiles reference_files();

}  // namespace ledgram::api
