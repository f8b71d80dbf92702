#pragma once

/// JSON Schema 2020-12, as far as this API uses it: one value describes data in the OpenAPI document and checks it at
/// run time, so that the two cannot differ.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::api {

namespace json = boost::json;

/// Whether a member of an object may be absent.
enum class Presence : std::uint8_t { Required, Optional };

class Schema;
struct Member;

/// Where data breaks a schema, for people and for the `errors` of a problem.
struct Breach {
  std::string pointer;  ///< JSON pointer (RFC 6901); empty for the whole
  std::string message;
};

/// A value; cheap to copy. Built once at the start: `Schema::integer().range(1, 500).with_default(100)`.
class Schema {
 public:
  // --- kinds --------------------------------------------------------------------------------------------------

  static Schema any();
  static Schema text();
  static Schema integer();
  static Schema number();
  static Schema boolean();
  static Schema null();
  /// One of these texts.
  static Schema one_of(std::initializer_list<std::string_view> texts);
  static Schema array(Schema items);
  /// Other members than these are refused, unless open() follows.
  static Schema object(std::initializer_list<Member> members);
  static Schema object(const std::vector<Member>& members);
  /// An object with any names and values like this.
  static Schema map(Schema values);

  /// A number of Telegram or a message reference, as decimal text, since it can exceed 2^53.
  static Schema id();
  /// ISO 8601 in UTC, "2026-01-31T12:30:00Z". As a parameter also with an offset.
  static Schema time();

  /// A component of its own, `#/components/schemas/NAME`; the same name always stands for the same schema (asserted).
  static Schema named(std::string name, Schema schema);

  // --- details, each gives the changed schema -----------------------------------------------------------------

  [[nodiscard]] Schema described(std::string_view text) const;
  [[nodiscard]] Schema example(json::value value) const;
  [[nodiscard]] Schema with_default(json::value value) const;
  /// The value or null.
  [[nodiscard]] Schema nullable() const;
  [[nodiscard]] Schema range(std::int64_t least, std::int64_t most) const;
  [[nodiscard]] Schema at_least(std::int64_t least) const;
  /// Characters of a text, items of an array.
  [[nodiscard]] Schema length(std::size_t least, std::size_t most) const;
  /// ECMAScript, to be found anywhere in the text; anchor it.
  [[nodiscard]] Schema pattern(std::string_view expression) const;
  [[nodiscard]] Schema format(std::string_view name) const;
  [[nodiscard]] Schema unique() const;
  /// Further members are allowed.
  [[nodiscard]] Schema open() const;
  [[nodiscard]] Schema write_only() const;

  // --- use ----------------------------------------------------------------------------------------------------

  /// Nothing if `value` obeys, else the first breaches (ten at most).
  [[nodiscard]] std::vector<Breach> check(const json::value& value) const;

  /// A parameter's text as a value of the kind that the schema wants: integer, number, boolean, array (separated by
  /// commas), else text. Nothing if it is none. It is not checked further.
  [[nodiscard]] std::optional<json::value> parse(std::string_view text) const;

  /// The value to use where none was given.
  [[nodiscard]] std::optional<json::value> default_value() const;

  /// As it stands in the document, references not followed.
  [[nodiscard]] const json::object& document() const { return *document_; }

  /// The components that this schema refers to, directly or not.
  [[nodiscard]] const std::map<std::string, Schema>& components() const { return *components_; }

 private:
  using Components = std::map<std::string, Schema>;

  explicit Schema(json::object document, Components components = {});

  [[nodiscard]] Schema with(std::string_view keyword, json::value value) const;
  [[nodiscard]] const json::object& resolved() const;

  std::shared_ptr<const json::object> document_;
  std::shared_ptr<const Components> components_;
};

struct Member {
  std::string name;
  Schema schema;
  Presence presence = Presence::Required;
};

}  // namespace ledgram::api
