#pragma once

/// Requests and replies of the HTTP server, as plain values. Handlers see nothing else of it.

#include "ledgram/net/asio.hpp"
#include "ledgram/net/clock.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ledgram::http {

/// Other: one that no route has.
enum class Method : std::uint8_t { Get, Head, Post, Put, Patch, Delete, Options, Other };

std::string_view name_of(Method method);

/// Case matters (RFC 9110, 9.1).
Method method_named(std::string_view name);

/// Fields in the order in which they came. Names are compared without regard to case.
class Headers {
 public:
  struct Field {
    std::string name;
    std::string value;
  };

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  /// The first field of that name; nothing if there is none.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return get(name).has_value(); }
  [[nodiscard]] std::size_t count(std::string_view name) const;

  /// All values of that name joined with ", " (RFC 9110, 5.3); empty if there is none.
  [[nodiscard]] std::string joined(std::string_view name) const;

  /// Adds a field beside those of the same name.
  void add(std::string name, std::string value) { fields_.push_back({std::move(name), std::move(value)}); }
  /// In the place of all of that name.
  void set(std::string name, std::string value);

  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

/// Name and value of a query, percent-decoded, in their order; "+" is a space.
struct QueryItem {
  std::string name;
  std::string value;
};

/// A request that was read completely. Lives on the connection until its reply is written.
struct Request {
  Method method = Method::Get;
  std::string path;                   ///< as sent, without the query
  std::vector<std::string> segments;  ///< of the path, percent-decoded: "/a/b%20c" is {"a", "b c"}
  std::vector<QueryItem> query;
  Headers headers;
  std::string body;
  std::string id;              ///< of this request, for the log and X-Request-Id
  asio::ip::address client{};  ///< whom a trusted proxy names, or else the peer
  std::string host;            ///< as the client wrote it, or as a trusted proxy names it
  bool secure = false;         ///< by TLS, here or at a trusted proxy
  bool wants_upgrade = false;  ///< a well-formed WebSocket handshake (RFC 6455, 4.2.1)
  net::Deadline deadline = net::kNoDeadline;

  /// A cookie's value; nothing if there is none.
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
};

/// A whole answer. The server adds Date, Content-Length, Connection and X-Request-Id, and compresses where it helps.
struct Response {
  unsigned status = 200;
  Headers headers{};
  std::string content_type{};  ///< empty: no such header
  std::string body{};
};

/// Where a Stream writes. Owned by the server.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;

  /// Gives the bytes to the socket as one chunk and waits until it has taken them. Throws when the client is gone or
  /// does not read for longer than the server's limit, and operation_aborted when the server stops.
  virtual asio::awaitable<void> write(std::string_view bytes) = 0;
};

/// An answer whose body comes little by little: events, exports. `head.body` is not used. The coroutine is cancelled
/// when the client goes away or the server stops; its end is the end of the body. What it throws cuts the connection.
struct Stream {
  Response head;
  std::function<asio::awaitable<void>(BodyWriter&)> write;
};

/// One WebSocket after its handshake. One reader and one writer at a time. Pings are sent and answered by the server.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// The next message, of text or bytes; nothing when the peer has closed.
  virtual asio::awaitable<std::optional<std::string>> read() = 0;

  /// One text message, which must be UTF-8. Waits until the socket has taken it.
  virtual asio::awaitable<void> write(std::string_view text) = 0;

  /// Says good-bye with a code of RFC 6455, 7.4, and closes.
  virtual asio::awaitable<void> close(std::uint16_t code, std::string_view reason) = 0;
};

/// Turns the connection into a WebSocket; for requests with `wants_upgrade` only, others get 426. The coroutine is
/// cancelled when the server stops. When it ends, the WebSocket is closed.
struct Upgrade {
  std::function<asio::awaitable<void>(WebSocket&)> run;
  std::size_t largest_message = 65536;  ///< bytes; larger ones close with 1009
};

using Reply = std::variant<Response, Stream, Upgrade>;

}  // namespace ledgram::http
