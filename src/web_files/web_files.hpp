#pragma once

/// Answers requests for the web app from memory. Lives as long as the server; what it answers does not change.

#include "ledgram/http/message.hpp"
#include "ledgram/web_files/embedded_files.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace ledgram::web_files {

class WebFiles {
 public:
  /// Files sorted by path; they must outlive it.
  explicit WebFiles(std::span<const EmbeddedFile> files) : files_(files) {}

  /// True for GET and HEAD of a file's path, and of any path outside of /api for a client that names text/html among
  /// what it accepts. The API goes first: only paths that it does not know should be asked for here.
  [[nodiscard]] bool is_for_app(const http::Request& request) const;

  /// 200 or 304 with all headers; nothing if the request is not for the app. Never a redirect.
  [[nodiscard]] std::optional<http::Response> answer(const http::Request& request) const;

 private:
  [[nodiscard]] const EmbeddedFile* file_at(std::string_view path) const;
  [[nodiscard]] const EmbeddedFile* file_for(const http::Request& request) const;

  std::span<const EmbeddedFile> files_;
};

}  // namespace ledgram::web_files
