#include "ledgram/http/gzip.hpp"

#include "ledgram/http/text.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace ledgram::http {
namespace {

/// Below this the headers weigh more than what is saved.
constexpr std::size_t kLeastSize = 1024;

bool is_text(std::string_view type) {
  static constexpr std::array<std::string_view, 6> kKinds{
      "text/",           "application/json", "application/problem+json", "application/javascript",
      "application/xml", "image/svg+xml"};
  const bool known = std::ranges::any_of(kKinds, [type](std::string_view kind) { return type.starts_with(kind); });
  return known || type.starts_with("application/rss+xml") || type.starts_with("application/atom+xml");
}

}  // namespace

std::string gzip(std::string_view text) {
  z_stream stream{};
  // The default window, with a gzip header around it (+16). Level 1: the event loop does this between two requests.
  constexpr int kWindowWithHeader = 15 + 16;
  constexpr int kMemoryLevel = 8;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kWindowWithHeader, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

void compress_for(const Request& request, Response& response) {
  if (response.body.size() < kLeastSize || !is_text(response.content_type) || response.headers.has("Content-Encoding"))
    return;
  response.headers.add("Vary", "Accept-Encoding");
  const std::string accepted = request.headers.joined("Accept-Encoding");
  if (accepted.empty() || !accepts(accepted, "gzip"))
    return;
  response.body = gzip(response.body);
  response.headers.add("Content-Encoding", "gzip");
}

}  // namespace ledgram::http
