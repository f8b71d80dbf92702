#include "ledgram/api/schema.hpp"

#include "ledgram/api/schema_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace ledgram::api {
namespace {

constexpr std::string_view kReference = "#/components/schemas/";

json::object of_type(std::string_view type) {
  return {{"type", type}};
}

void merge(std::map<std::string, Schema>& into, const Schema& from) {
  for (const auto& [name, schema] : from.components())
    into.emplace(name, schema);
}

template <class Number>
std::optional<json::value> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return json::value(number);
}

}  // namespace

Schema::Schema(json::object document, Components components)
    : document_(std::make_shared<const json::object>(std::move(document))),
      components_(std::make_shared<const Components>(std::move(components))) {}

Schema Schema::any() {
  return Schema(json::object{});
}
Schema Schema::text() {
  return Schema(of_type("string"));
}
Schema Schema::integer() {
  return Schema(of_type("integer"));
}
Schema Schema::number() {
  return Schema(of_type("number"));
}
Schema Schema::boolean() {
  return Schema(of_type("boolean"));
}
Schema Schema::null() {
  return Schema(of_type("null"));
}

Schema Schema::one_of(std::initializer_list<std::string_view> texts) {
  json::object document = of_type("string");
  json::array& values = document["enum"].emplace_array();
  for (const std::string_view text : texts)
    values.emplace_back(text);
  return Schema(std::move(document));
}

Schema Schema::array(Schema items) {
  Components components;
  merge(components, items);
  json::object document = of_type("array");
  document["items"] = items.document();
  return Schema(std::move(document), std::move(components));
}

Schema Schema::object(std::initializer_list<Member> members) {
  return object(std::vector<Member>(members));
}

Schema Schema::object(const std::vector<Member>& members) {
  Components components;
  json::object document = of_type("object");
  json::object properties;
  json::array required;
  for (const Member& member : members) {
    merge(components, member.schema);
    properties[member.name] = member.schema.document();
    if (member.presence == Presence::Required)
      required.emplace_back(member.name);
  }
  document["properties"] = std::move(properties);
  if (!required.empty())
    document["required"] = std::move(required);
  document["additionalProperties"] = false;
  return Schema(std::move(document), std::move(components));
}

Schema Schema::map(Schema values) {
  Components components;
  merge(components, values);
  json::object document = of_type("object");
  document["additionalProperties"] = values.document();
  return Schema(std::move(document), std::move(components));
}

Schema Schema::id() {
  // At most 18 digits: all of them fit into 64 bits.
  return text().pattern("^-?[0-9]{1,18}$").described("A number as decimal text, since it can exceed 2^53.");
}

Schema Schema::time() {
  return text().format("date-time");
}

Schema Schema::named(std::string name, Schema schema) {
  Components components;
  merge(components, schema);
  const auto [known, is_new] = components.emplace(name, schema);
  if (!is_new && known->second.document() != schema.document())
    throw std::logic_error("two schemas are named " + name);
  json::object document{{"$ref", std::string(kReference) + name}};
  return Schema(std::move(document), std::move(components));
}

Schema Schema::with(std::string_view keyword, json::value value) const {
  json::object document = *document_;
  document[keyword] = std::move(value);
  return Schema(std::move(document), *components_);
}

Schema Schema::described(std::string_view text) const {
  return with("description", json::value(text));
}
Schema Schema::example(json::value value) const {
  return with("examples", json::array{std::move(value)});
}
Schema Schema::with_default(json::value value) const {
  return with("default", std::move(value));
}

Schema Schema::nullable() const {
  if (document_->contains("$ref") || document_->contains("enum")) {
    json::object document{{"anyOf", json::array{*document_, of_type("null")}}};
    return Schema(std::move(document), *components_);
  }
  const json::value* type = document_->if_contains("type");
  return type != nullptr ? with("type", json::array{*type, "null"}) : *this;
}

Schema Schema::range(std::int64_t least, std::int64_t most) const {
  return with("minimum", least).with("maximum", most);
}
Schema Schema::at_least(std::int64_t least) const {
  return with("minimum", least);
}

Schema Schema::length(std::size_t least, std::size_t most) const {
  const bool is_array = document_->contains("items");
  return with(is_array ? "minItems" : "minLength", least).with(is_array ? "maxItems" : "maxLength", most);
}

Schema Schema::pattern(std::string_view expression) const {
  return with("pattern", json::value(expression));
}
Schema Schema::format(std::string_view name) const {
  return with("format", json::value(name));
}
Schema Schema::unique() const {
  return with("uniqueItems", true);
}
Schema Schema::open() const {
  json::object document = *document_;
  document.erase("additionalProperties");
  return Schema(std::move(document), *components_);
}
Schema Schema::write_only() const {
  return with("writeOnly", true);
}

const json::object& Schema::resolved() const {
  const json::object* document = document_.get();
  while (const json::value* reference = document->if_contains("$ref"))
    document = components_->at(std::string(reference->as_string()).substr(kReference.size())).document_.get();
  return *document;
}

std::vector<Breach> Schema::check(const json::value& value) const {
  return check_against(*this, value);
}

std::optional<json::value> Schema::parse(std::string_view text) const {
  const json::object& document = resolved();
  const json::value* type = document.if_contains("type");
  const std::string_view kind = type != nullptr && type->is_string() ? std::string_view(type->as_string()) : "string";
  if (kind == "integer")
    return number_in<std::int64_t>(text);
  if (kind == "number")
    return number_in<double>(text);
  if (kind == "boolean") {
    if (text != "true" && text != "false")
      return std::nullopt;
    return json::value(text == "true");
  }
  if (kind != "array")
    return json::value(text);
  json::array values;
  const Schema items(document.at("items").as_object(), *components_);
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    auto item = items.parse(text.substr(0, comma));
    if (!item)
      return std::nullopt;
    values.push_back(std::move(*item));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return json::value(std::move(values));
}

std::optional<json::value> Schema::default_value() const {
  const json::value* value = document_->if_contains("default");
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

}  // namespace ledgram::api
