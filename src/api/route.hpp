#pragma once

/// The route table: each end point described once, for serving and for the OpenAPI document.

#include "ledgram/api/call.hpp"
#include "ledgram/api/problem.hpp"
#include "ledgram/api/schema.hpp"
#include "ledgram/http/message.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::api {

/// Who may call. A role includes those before it; a token needs the scope as well.
struct Access {
  enum class Level : std::uint8_t { Public, Viewer, Member, Admin };

  Level level = Level::Member;
  Scope scope = Scope::Read;  ///< of tokens; sessions by cookie have all scopes of their user's role
};

inline constexpr Access kPublic{Access::Level::Public, Scope::Read};
inline constexpr Access kMayRead{Access::Level::Viewer, Scope::Read};
inline constexpr Access kMayWrite{Access::Level::Member, Scope::Write};
/// Reads from Telegram through an account.
inline constexpr Access kMayAskTelegram{Access::Level::Member, Scope::Telegram};
inline constexpr Access kAdminOnly{Access::Level::Admin, Scope::Admin};

struct Parameter {
  enum class In : std::uint8_t { Path, Query, Header };

  std::string name;
  In in = In::Query;
  Schema schema = Schema::text();
  std::string description{};
  Presence presence = Presence::Optional;  ///< path parameters are always required
};

/// `path_parameter("channel", Schema::id(), "Telegram's number of the channel")`.
Parameter path_parameter(std::string name, Schema schema, std::string description);
Parameter query_parameter(std::string name, Schema schema, std::string description,
                          Presence presence = Presence::Optional);
/// `limit` (1 to `most`) and `cursor` of every list.
Parameter limit_parameter(std::int64_t most = 500, std::int64_t usual = 100);
Parameter cursor_parameter();
/// `next` of every list: the cursor of what follows, or null.
Schema next_schema();

/// What a request carries, as JSON.
struct Body {
  Schema schema;
  json::value example{};
  Presence presence = Presence::Required;
};

/// One answer that the handler gives itself; those of `problems` are added from the catalogue.
struct Answer {
  unsigned status = 200;
  std::string description;
  std::optional<Schema> schema{};  ///< nothing: no body
  json::value example{};
  std::string content_type = "application/json";
};

/// 304, of whatever has an ETag; the 200 beside it is described with that header.
Answer unchanged_answer();

using RouteHandler = std::function<asio::awaitable<http::Reply>(Call&)>;

/// HEAD is served by GET's route.
struct Route {
  http::Method method = http::Method::Get;
  std::string path;  ///< "/api/v1/channels/{channel}/posts"
  std::string id;    ///< operationId, unique: "list_posts"
  std::string tag;   ///< the group in the document: "posts"
  std::string summary;
  std::string description{};
  Access access = kMayRead;
  std::vector<Parameter> parameters{};
  std::optional<Body> body{};
  std::vector<Answer> answers;
  /// Beside those that any route can have: NotFound for a path parameter, Unauthenticated, Forbidden and their kind by
  /// `access`, InvalidParameter, InvalidBody, NotAcceptable, TooManyRequests, Unavailable, DeadlineExceeded, Internal.
  std::vector<ProblemCode> problems{};
  RouteHandler handle;
};

/// A route with what every one has.
Route new_route(http::Method method, std::string path, std::string id, std::string_view tag, std::string summary,
                Access access = kMayRead);

/// All routes of the server. Filled at the start; then it does not change.
class RouteTable {
 public:
  RouteTable();
  ~RouteTable();
  RouteTable(RouteTable&&) noexcept;
  RouteTable& operator=(RouteTable&&) noexcept;

  /// The path's parameters must be described, ids and (method, path) be unique, examples obey their schemas (asserted
  /// by an exception of std::logic_error, which a test of the whole table turns up).
  void add(Route route);

  struct Match {
    const Route* route = nullptr;                                ///< nothing: no such path, or not this method
    std::vector<http::Method> allowed{};                         ///< what the path knows; empty: no such path
    std::vector<std::pair<std::string, std::string>> in_path{};  ///< values of the path's parameters
  };
  [[nodiscard]] Match find(http::Method method, std::span<const std::string> segments) const;

  /// In the order in which they were added.
  [[nodiscard]] std::vector<const Route*> routes() const;

 private:
  struct Node;

  std::vector<std::unique_ptr<Route>> routes_;
  std::unique_ptr<Node> root_;
};

}  // namespace ledgram::api
