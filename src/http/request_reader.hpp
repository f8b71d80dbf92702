#pragma once

/// Bytes of a connection to requests, one after the other (pipelining); knows no socket. The grammar is Boost.Beast's;
/// the rules that keep two servers from reading one stream differently (RFC 9112, 6.3) are here.

#include "ledgram/http/message.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace ledgram::http {

struct ReadLimits {
  std::size_t header_bytes = 16384;  ///< request line and fields
  std::size_t target_bytes = 8192;
  std::size_t body_bytes = std::size_t{1} << 20;
};

/// Why a request is refused before anybody looked at what it wants.
struct Refusal {
  unsigned status = 400;
  std::string detail;
};

/// One request as it came.
struct RawRequest {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
  bool keep_alive = true;
  bool http10 = false;
};

class RequestReader {
 public:
  enum class State : std::uint8_t {
    Idle,     ///< nothing of a request has come
    Header,   ///< in its header
    Body,     ///< the header is complete
    Done,     ///< request() is whole
    Refused,  ///< refusal() says why; the connection is of no more use
  };

  explicit RequestReader(const ReadLimits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Takes what came. What belongs to the next request is kept. Not to be called in Done and Refused.
  State feed(std::string_view bytes);

  /// Begins the next request with what is kept.
  State next();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] RawRequest& request() { return request_; }
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

  /// True in Body if the client waits for "100 Continue".
  [[nodiscard]] bool wants_continue() const { return wants_continue_; }
  void told_to_continue() { wants_continue_ = false; }

  /// The bytes that came after the request, for whoever takes over the connection.
  [[nodiscard]] std::string take_rest();

 private:
  struct Parser;

  State advance();
  [[nodiscard]] bool is_part_of_last_chunk() const;
  State refuse(unsigned status, std::string detail);
  void take_header();

  ReadLimits limits_;
  State state_ = State::Idle;
  std::unique_ptr<Parser> parser_;
  std::string buffer_;
  RawRequest request_;
  Refusal refusal_;
  bool wants_continue_ = false;
};

}  // namespace ledgram::http
