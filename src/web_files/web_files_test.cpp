#include "ledgram/web_files/web_files.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ledgram::web_files {
namespace {

constexpr std::string_view kHtml = "text/html,application/xhtml+xml,*/*;q=0.8";

constexpr std::array kFiles{
    EmbeddedFile{"/assets/index-1a2b.js", "text/javascript; charset=utf-8", "script", "small", "aa11", true},
    EmbeddedFile{"/icon.svg", "image/svg+xml", "drawing", "", "bb22", false},
    EmbeddedFile{"/index.html", "text/html; charset=utf-8", "page", "", "cc33", false},
};

http::Request request_of(std::string path, std::string_view accept = "*/*", http::Method method = http::Method::Get) {
  http::Request request;
  request.method = method;
  request.path = std::move(path);
  request.headers.add("Accept", std::string(accept));
  return request;
}

std::string header(const http::Response& response, std::string_view name) {
  return std::string(response.headers.get(name).value_or(""));
}

TEST(WebFiles, AFileWithAHashedNameIsKeptForever) {
  const WebFiles files(kFiles);
  const auto answer = files.answer(request_of("/assets/index-1a2b.js"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->body, "script");
  EXPECT_EQ(answer->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(header(*answer, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(*answer, "Vary"), "Accept-Encoding");
  EXPECT_FALSE(answer->headers.has("Content-Encoding"));
}

TEST(WebFiles, ThePackedBodyGoesToWhoTakesIt) {
  const WebFiles files(kFiles);
  http::Request request = request_of("/assets/index-1a2b.js");
  request.headers.add("Accept-Encoding", "br, gzip");
  const auto answer = files.answer(request);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "small");
  EXPECT_EQ(header(*answer, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(*answer, "ETag"), "\"aa11-gzip\"");
}

TEST(WebFiles, AKnownTagIsAnsweredWithoutABody) {
  const WebFiles files(kFiles);
  http::Request request = request_of("/", kHtml);
  request.headers.add("If-None-Match", "\"other\", W/\"cc33\"");
  const auto answer = files.answer(request);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 304U);
  EXPECT_EQ(answer->body, "");
  EXPECT_EQ(header(*answer, "ETag"), "\"cc33\"");
  request.headers.set("If-None-Match", "\"aa11\"");
  EXPECT_EQ(files.answer(request)->status, 200U);
}

TEST(WebFiles, PathsOfPagesShowTheAppWithAStrictPolicy) {
  const WebFiles files(kFiles);
  for (const auto* path : {"/", "/setup", "/channels/12", "/apiary"}) {
    const auto answer = files.answer(request_of(path, kHtml));
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 200U);
    EXPECT_EQ(answer->body, "page");
    EXPECT_EQ(header(*answer, "Cache-Control"), "no-cache");
    const std::string policy = header(*answer, "Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
    EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
    EXPECT_NE(policy.find("style-src 'self';"), std::string::npos);
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_NE(policy.find("require-trusted-types-for 'script'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(policy.find("http"), std::string::npos);
    EXPECT_EQ(header(*answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(*answer, "Referrer-Policy"), "no-referrer");
    EXPECT_FALSE(answer->headers.has("Strict-Transport-Security"));
  }
}

TEST(WebFiles, TheApiAndProgramsGetNoPages) {
  const WebFiles files(kFiles);
  EXPECT_FALSE(files.answer(request_of("/api", kHtml)));
  EXPECT_FALSE(files.answer(request_of("/api/v1/nothing", kHtml)));
  EXPECT_FALSE(files.answer(request_of("/channels/12")));
  EXPECT_FALSE(files.answer(request_of("/channels/12", "application/json")));
  EXPECT_FALSE(files.answer(request_of("/", kHtml, http::Method::Post)));
  EXPECT_FALSE(files.is_for_app(request_of("/icon.svg", kHtml, http::Method::Delete)));
  EXPECT_TRUE(files.is_for_app(request_of("/icon.svg", "*/*", http::Method::Head)));
}

TEST(WebFiles, ThePathIsTakenAsItWasSent) {
  const WebFiles files(kFiles);
  for (const auto* path : {"/assets/../index.html", "/assets/", "//index.html", "/%69con.svg", "/icon.svg/"})
    EXPECT_FALSE(files.answer(request_of(path))) << path;
}

TEST(WebFiles, OverTlsTheBrowserIsToldToStayWithIt) {
  const WebFiles files(kFiles);
  http::Request request = request_of("/", kHtml);
  request.secure = true;
  EXPECT_EQ(header(*files.answer(request), "Strict-Transport-Security"), "max-age=31536000");
}

TEST(WebFiles, WithoutAnAppThereIsNothing) {
  EXPECT_FALSE(WebFiles({}).answer(request_of("/", kHtml)));
}

}  // namespace
}  // namespace ledgram::web_files
