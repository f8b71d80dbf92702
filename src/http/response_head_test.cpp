#include "ledgram/http/response_head.hpp"

#include "ledgram/http/gzip.hpp"

#include <gtest/gtest.h>

#include <zlib.h>

#include <string>

namespace ledgram::http {
namespace {

TEST(ResponseHead, StatusAndFields) {
  EXPECT_EQ(head_text(404, {{"Content-Length", "0"}}), "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(head_text(799, {}), "HTTP/1.1 799 Unknown\r\n\r\n");
}

TEST(ResponseHead, NothingThatWasStoredAddsAHeader) {
  EXPECT_EQ(head_text(200, {{"Location", "/a\r\nSet-Cookie: x=1"}, {"X\r\nY", "z"}, {"A", "b"}}),
            "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
}

std::string unpacked(const std::string& packed) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string text(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(Gzip, WhatIsWorthIt) {
  Request request;
  request.headers.add("Accept-Encoding", "br, gzip");
  const std::string text(5000, 'a');
  Response response{.content_type = "application/json", .body = text};
  compress_for(request, response);
  EXPECT_EQ(response.headers.get("Content-Encoding"), "gzip");
  EXPECT_EQ(response.headers.get("Vary"), "Accept-Encoding");
  EXPECT_LT(response.body.size(), 200U);
  EXPECT_EQ(unpacked(response.body), text);
}

TEST(Gzip, WhatIsNot) {
  Request request;
  request.headers.add("Accept-Encoding", "gzip");
  for (Response response : {Response{.content_type = "application/json", .body = "short"},
                            Response{.content_type = "image/png", .body = std::string(5000, 'a')}}) {
    const std::string before = response.body;
    compress_for(request, response);
    EXPECT_EQ(response.body, before);
    EXPECT_FALSE(response.headers.has("Content-Encoding"));
  }
  Response response{.content_type = "text/plain", .body = std::string(5000, 'a')};
  compress_for(Request{}, response);
  EXPECT_EQ(response.body.size(), 5000U);
  EXPECT_EQ(response.headers.get("Vary"), "Accept-Encoding");
}

}  // namespace
}  // namespace ledgram::http
