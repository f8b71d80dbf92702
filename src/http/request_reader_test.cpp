#include "ledgram/http/request_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ledgram::http {
namespace {

using State = RequestReader::State;

constexpr ReadLimits kLimits{.header_bytes = 512, .target_bytes = 64, .body_bytes = 100};

/// The status with which one request is refused; 0 if it is not.
unsigned refusal_of(const std::string& text) {
  RequestReader reader(kLimits);
  return reader.feed(text) == State::Refused ? reader.refusal().status : 0;
}

TEST(RequestReader, OneRequestByteByByte) {
  const std::string text = "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
  RequestReader reader(kLimits);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    EXPECT_EQ(reader.state() == State::Idle, i == 0);
    ASSERT_NE(reader.feed(text.substr(i, 1)), State::Done) << i;
  }
  ASSERT_EQ(reader.feed("o"), State::Done);
  EXPECT_EQ(reader.request().method, "POST");
  EXPECT_EQ(reader.request().target, "/a?b=c");
  EXPECT_EQ(reader.request().body, "hello");
  EXPECT_TRUE(reader.request().keep_alive);
}

TEST(RequestReader, SeveralAtOnceComeOneByOne) {
  RequestReader reader(kLimits);
  ASSERT_EQ(reader.feed("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
                        "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /4"),
            State::Done);
  EXPECT_EQ(reader.request().target, "/1");
  ASSERT_EQ(reader.next(), State::Done);
  EXPECT_EQ(reader.request().target, "/2");
  EXPECT_EQ(reader.request().body, "hi");
  ASSERT_EQ(reader.next(), State::Done);
  EXPECT_EQ(reader.request().target, "/3");
  EXPECT_FALSE(reader.request().keep_alive);
  EXPECT_EQ(reader.next(), State::Header);
}

TEST(RequestReader, ChunksBecomeOneBody) {
  RequestReader reader(kLimits);
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  ASSERT_EQ(reader.feed(head + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), State::Done);
  EXPECT_EQ(reader.request().body, "abcde");
}

TEST(RequestReader, ABodyOfNoChunksMayComeByteByByte) {
  RequestReader reader(kLimits);
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  ASSERT_EQ(reader.feed(head), State::Body);
  for (const char byte : std::string_view("0\r\n\r"))
    ASSERT_EQ(reader.feed({&byte, 1}), State::Body);
  ASSERT_EQ(reader.feed("\n"), State::Done);
  EXPECT_EQ(reader.request().body, "");
}

TEST(RequestReader, EmptyLinesBeforeARequestAreIgnored) {
  RequestReader reader(kLimits);
  EXPECT_EQ(reader.feed("\r\n\r\n"), State::Idle);
  EXPECT_EQ(reader.feed("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"), State::Done);
}

TEST(RequestReader, WhatIsTooLargeIsRefused) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(600, 'a') + "\r\n\r\n"), 431U);
  EXPECT_EQ(refusal_of("GET /" + std::string(100, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"), 414U);
  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"), 413U);
  EXPECT_EQ(
      refusal_of("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'a')),
      413U);
  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'a')), 0U);
}

TEST(RequestReader, WhatTwoServersCouldReadDifferentlyIsRefused) {
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_EQ(refusal_of(post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400U);
  EXPECT_EQ(refusal_of(post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), 400U);
  EXPECT_EQ(refusal_of(post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), 400U);
  EXPECT_EQ(refusal_of(post + "Content-Length: -1\r\n\r\n"), 400U);
  EXPECT_EQ(refusal_of(post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501U);
  EXPECT_EQ(refusal_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 501U);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n"), 400U);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"), 400U);
  EXPECT_EQ(refusal_of("GET / HTTP/1.0\r\n\r\n"), 0U);
}

TEST(RequestReader, WhatIsNoHttpIsRefused) {
  EXPECT_EQ(refusal_of("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), 400U);
  EXPECT_EQ(refusal_of("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505U);
  EXPECT_EQ(refusal_of("GET /\r\n\r\n"), 400U);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n"), 400U);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\n\r\n"), 417U);
}

TEST(RequestReader, TellsWhenTheClientWaitsForAGoAhead) {
  RequestReader reader(kLimits);
  ASSERT_EQ(reader.feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
            State::Body);
  EXPECT_TRUE(reader.wants_continue());
  reader.told_to_continue();
  EXPECT_FALSE(reader.wants_continue());
  EXPECT_EQ(reader.feed("ok"), State::Done);
}

}  // namespace
}  // namespace ledgram::http
