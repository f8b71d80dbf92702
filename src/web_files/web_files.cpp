#include "ledgram/web_files/web_files.hpp"

#include "ledgram/http/text.hpp"

#include <algorithm>
#include <string>

namespace ledgram::web_files {
namespace {

constexpr std::string_view kIndex = "/index.html";

/// Scripts, styles and images of this server alone; nothing inline, nothing evaluated, and no way from text to markup
/// (trusted types). `data:` is for QR codes, which the API gives as drawings and the app shows as images.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src "
    "'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for "
    "'script'; "
    "trusted-types 'none'";

/// A year, as long as caches are asked to keep anything.
constexpr std::string_view kForever = "public, max-age=31536000, immutable";
/// Kept, and asked for with If-None-Match each time: a new version of the app is seen at the next load.
constexpr std::string_view kAskEachTime = "no-cache";

bool is_api(std::string_view path) {
  constexpr std::string_view kApi = "/api";
  return path.starts_with(kApi) && (path.size() == kApi.size() || path[kApi.size()] == '/');
}

bool names_html(const http::Request& request) {
  return request.headers.joined("Accept").find("text/html") != std::string::npos;
}

/// Tags are hexadecimal in quotes, so a plain search does not confuse them.
bool knows(const http::Request& request, std::string_view etag) {
  return request.headers.joined("If-None-Match").find(etag) != std::string::npos;
}

void add_headers(const http::Request& request, const EmbeddedFile& file, http::Response& response) {
  http::Headers& headers = response.headers;
  headers.add("Cache-Control", std::string(file.hashed_name ? kForever : kAskEachTime));
  headers.add("Content-Security-Policy", std::string(kContentSecurityPolicy));
  headers.add("X-Content-Type-Options", "nosniff");
  headers.add("X-Frame-Options", "DENY");
  headers.add("Referrer-Policy", "no-referrer");
  headers.add("Cross-Origin-Opener-Policy", "same-origin");
  headers.add("Cross-Origin-Resource-Policy", "same-origin");
  headers.add("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  if (request.secure)
    headers.add("Strict-Transport-Security", "max-age=31536000");
}

}  // namespace

const EmbeddedFile* WebFiles::file_at(std::string_view path) const {
  const auto found = std::ranges::lower_bound(files_, path, {}, &EmbeddedFile::path);
  return found != files_.end() && found->path == path ? &*found : nullptr;
}

const EmbeddedFile* WebFiles::file_for(const http::Request& request) const {
  if (request.method != http::Method::Get && request.method != http::Method::Head)
    return nullptr;
  if (const EmbeddedFile* file = file_at(request.path))
    return file;
  if (is_api(request.path) || !names_html(request))
    return nullptr;
  return file_at(kIndex);
}

bool WebFiles::is_for_app(const http::Request& request) const {
  return file_for(request) != nullptr;
}

std::optional<http::Response> WebFiles::answer(const http::Request& request) const {
  const EmbeddedFile* file = file_for(request);
  if (file == nullptr)
    return std::nullopt;
  const std::string accepted = request.headers.joined("Accept-Encoding");
  const bool compressed = !file->gzip.empty() && !accepted.empty() && http::accepts(accepted, "gzip");
  const std::string etag = "\"" + std::string(file->hash) + (compressed ? "-gzip\"" : "\"");
  http::Response response;
  add_headers(request, *file, response);
  response.headers.add("ETag", etag);
  if (!file->gzip.empty())
    response.headers.add("Vary", "Accept-Encoding");
  if (knows(request, etag)) {
    response.status = 304;
    return response;
  }
  response.content_type = std::string(file->content_type);
  response.body = std::string(compressed ? file->gzip : file->body);
  if (compressed)
    response.headers.add("Content-Encoding", "gzip");
  return response;
}

}  // namespace ledgram::web_files
