#pragma once

/// One call of an end point, as its handler sees it: who calls, with parameters and body that were checked before.

#include "ledgram/api/problem.hpp"
#include "ledgram/http/message.hpp"
#include "ledgram/ledger/users.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::api {

namespace json = boost::json;

using ledger::OwnerId;
using ledger::Role;
using ledger::Scope;

/// Who calls and by what.
struct Caller {
  enum class How : std::uint8_t { Nobody, Cookie, Token };

  How how = How::Nobody;
  OwnerId user;
  std::string name;
  Role role = Role::Viewer;
  ledger::Scopes scopes;        ///< of the token; all with a cookie
  std::int64_t credential = 0;  ///< number of the session or token

  [[nodiscard]] bool is_admin() const { return role == Role::Admin; }

  /// Whose things the caller may see: only their own, or everybody's (nothing).
  [[nodiscard]] std::optional<OwnerId> sees() const { return is_admin() ? std::nullopt : std::optional(user); }
};

/// Lives until the reply was made. Streams copy what they need.
class Call {
 public:
  Call(http::Request& request, Caller caller, json::object parameters, json::value body)
      : request_(request), caller_(std::move(caller)), parameters_(std::move(parameters)), body_(std::move(body)) {}

  [[nodiscard]] const http::Request& request() const { return request_; }
  [[nodiscard]] const Caller& caller() const { return caller_; }
  [[nodiscard]] net::Deadline deadline() const { return request_.deadline; }

  /// True if it was given or has a default.
  [[nodiscard]] bool has(std::string_view name) const { return parameters_.contains(name); }

  // The parameter must be there (path, required or with a default); asserted.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::int64_t number(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  /// Of Schema::id().
  [[nodiscard]] std::int64_t id(std::string_view name) const;

  // Nothing if it was not given.
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> optional_number(std::string_view name) const;
  [[nodiscard]] std::optional<bool> optional_flag(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> optional_id(std::string_view name) const;
  /// Of Schema::time(), in unix seconds.
  [[nodiscard]] std::optional<std::int64_t> time(std::string_view name) const;
  /// Of an array; empty if it was not given.
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;

  /// Obeys the route's schema; null if the route has no body or an optional one is absent.
  [[nodiscard]] const json::value& body() const { return body_; }

  /// What the audit table is to say of this call beside the route's id, in a few words: "channel 12". Every call that
  /// is no GET is written there.
  void audit(std::string subject) { audited_ = std::move(subject); }
  [[nodiscard]] const std::string& audited() const { return audited_; }

  /// For the audit table: nobody had logged in before, and now this user has.
  void logged_in_as(OwnerId user, std::string name) {
    caller_.user = user;
    caller_.name = std::move(name);
  }

 private:
  http::Request& request_;
  Caller caller_;
  json::object parameters_;
  json::value body_;
  std::string audited_;
};

}  // namespace ledgram::api
