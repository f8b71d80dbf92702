#include "ledgram/tl/schema_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace ledgram::tl {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

bool is_name(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.' || (text.front() >= '0' && text.front() <= '9')) {
    return false;
  }
  return std::ranges::all_of(text, is_name_char);
}

std::string_view after_last_dot(std::string_view name) {
  return name.substr(name.rfind('.') + 1);
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

struct Builtin {
  std::string_view name;
  Kind kind;
};

constexpr std::array<Builtin, 11> kBuiltins{{{"#", Kind::Flags},
                                             {"true", Kind::True},
                                             {"int", Kind::Int},
                                             {"long", Kind::Long},
                                             {"double", Kind::Double},
                                             {"string", Kind::String},
                                             {"bytes", Kind::Bytes},
                                             {"int128", Kind::Bits128},
                                             {"int256", Kind::Bits256},
                                             {"Bool", Kind::Bool},
                                             {"Object", Kind::Any}}};

/// CRC32 of IEEE 802.3 bit by bit; only for the rare definition without an id.
std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : text) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (0xedb88320U & (0U - (crc & 1U)));
  }
  return ~crc;
}

/// The id of a definition that does not state one (core.telegram.org/mtproto/TL-combinators): the CRC32 of its text
/// without `true` flags, braces and angle brackets, and with string for bytes.
std::uint32_t computed_id(std::span<const std::string_view> words) {
  std::string text;
  for (std::string_view word : words) {
    if (word.find('?') != std::string_view::npos && word.ends_with("?true"))
      continue;
    if (!text.empty())
      text += ' ';
    std::string plain(word);
    if (plain.ends_with(":bytes") || plain.ends_with("?bytes"))
      plain.replace(plain.size() - 5, 5, "string");
    for (const char c : plain) {
      if (c == '<')
        text += ' ';
      if (c != '<' && c != '>' && c != '{' && c != '}')
        text += c;
    }
  }
  return crc32(text);
}

}  // namespace

void SchemaParser::stop(std::string_view what) const {
  throw Stop{TlError{{TlErrc::BadSchema, fmt::format("line {} of the schema: {}", line_, what)}, 0, 0}};
}

Result<Schema, TlError> SchemaParser::run() {
  try {
    split();
    schema_.combinators_.reserve(statements_.size());
    for (const Statement& statement : statements_)
      define(statement);
    declare_types();
    for (std::size_t i = 0; i < statements_.size(); ++i)
      fill(statements_[i], schema_.combinators_[i]);
    measure();
  } catch (Stop& stop) {
    return std::unexpected(std::move(stop.error));
  }
  return std::move(schema_);
}

void SchemaParser::split() {
  Role role = Role::Constructor;
  Statement statement;
  std::size_t at = 0;
  while (at < text_.size()) {
    const char c = text_[at];
    if (is_space(c)) {
      if (c == '\n')
        ++line_;
      ++at;
    } else if (text_.substr(at).starts_with("//")) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      comment(text_.substr(at + 2, end - at - 2));
      at = end;
    } else if (c == ';') {
      ++at;
      // `int ? = Int`, `vector {t:Type} # [ t ] = Vector t`, `int128 4*[ int ] = Int128` define the language itself.
      const auto is_language = [](std::string_view word) { return word == "?" || word.ends_with('['); };
      const bool language =
          std::ranges::any_of(statement.words, is_language) ||
          (statement.words.size() >= 2 && (statement.words.back() == "Bool" && role == Role::Constructor)) ||
          (!statement.words.empty() && statement.words.back() == "True");
      if (!language)
        statements_.push_back(std::move(statement));
      statement = {};
    } else if (text_.substr(at).starts_with("---")) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      std::string_view mark = text_.substr(at, end - at);
      while (!mark.empty() && is_space(mark.back()))
        mark.remove_suffix(1);
      if (!statement.words.empty())
        stop("a definition is not ended by ';'");
      if (mark == "---functions---") {
        role = Role::Method;
      } else if (mark == "---types---") {
        role = Role::Constructor;
      } else {
        stop(fmt::format("'{}' is neither ---types--- nor ---functions---", mark));
      }
      at = end;
    } else {
      std::size_t end = at;
      while (end < text_.size() && !is_space(text_[end]) && text_[end] != ';')
        ++end;
      if (statement.words.empty()) {
        statement.line = line_;
        statement.role = role;
      }
      statement.words.push_back(text_.substr(at, end - at));
      at = end;
    }
  }
  if (!statement.words.empty()) {
    line_ = statement.line;
    stop("the last definition is not ended by ';'");
  }
}

void SchemaParser::comment(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  if (!text.starts_with("LAYER "))
    return;
  text.remove_prefix(6);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), schema_.layer_);
  if (code != std::errc{} || end != text.data() + text.size())
    stop(fmt::format("'{}' is no layer number", text));
}

void SchemaParser::define(const Statement& statement) {
  line_ = statement.line;
  const auto& words = statement.words;
  if (words.size() < 3 || words[words.size() - 2] != "=")
    stop("expected 'name#id fields = Type;'");
  Combinator combinator;
  combinator.role = statement.role;
  combinator.line = statement.line;
  const std::size_t hash = words[0].find('#');
  const std::string_view name = words[0].substr(0, hash);
  if (!is_name(name))
    stop(fmt::format("'{}' is no name", words[0]));
  combinator.name = name;
  if (hash == std::string_view::npos) {
    combinator.id = computed_id(words);
  } else {
    const std::string_view digits = words[0].substr(hash + 1);
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), combinator.id, 16);
    if (code != std::errc{} || end != digits.data() + digits.size())
      stop(fmt::format("'{}' is no id", digits));
  }
  const auto index = static_cast<std::uint32_t>(schema_.combinators_.size());
  schema_.combinators_.push_back(std::move(combinator));  // room was reserved, so names do not move
  const Combinator& kept = schema_.combinators_.back();
  if (const auto [other, fresh] = schema_.by_id_.emplace(kept.id, index); !fresh) {
    stop(fmt::format("{} has the same id {:08x} as {}", kept.name, kept.id, schema_.combinators_[other->second].name));
  }
  if (!schema_.by_name_.emplace(kept.name, index).second)
    stop(fmt::format("{} is defined twice", kept.name));
}

void SchemaParser::declare_types() {
  // Results of constructors are the abstract types; methods and fields may only use those.
  std::vector<std::pair<std::string_view, std::vector<std::uint32_t>>> found;
  std::unordered_map<std::string_view, std::size_t> positions;
  for (std::uint32_t i = 0; i < statements_.size(); ++i) {
    const Statement& statement = statements_[i];
    if (statement.role == Role::Method)
      continue;
    line_ = statement.line;
    const std::string_view result = statement.words.back();
    if (!is_name(result) || !is_upper(after_last_dot(result).front())) {
      stop(fmt::format("'{}' cannot be the type of a constructor", result));
    }
    if (result == "Object")
      continue;
    const auto [at, fresh] = positions.emplace(result, found.size());
    if (fresh)
      found.emplace_back(result, std::vector<std::uint32_t>{});
    found[at->second].second.push_back(i);
  }
  schema_.types_.reserve(found.size());
  for (auto& [name, constructors] : found) {
    schema_.types_.push_back({std::string(name), std::move(constructors)});
    schema_.types_by_name_.emplace(schema_.types_.back().name, static_cast<std::uint32_t>(schema_.types_.size() - 1));
  }
}

void SchemaParser::fill(const Statement& statement, Combinator& combinator) {
  line_ = statement.line;
  bool generic = false;
  for (std::size_t i = 1; i + 2 < statement.words.size(); ++i) {
    const std::string_view word = statement.words[i];
    if (word.starts_with('{')) {
      if (word != "{X:Type}")
        stop(fmt::format("'{}': only {{X:Type}} is known", word));
      generic = true;
      continue;
    }
    if (!combinator.fields.empty() && combinator.fields.back().type.kind == Kind::Any) {
      stop(fmt::format("a field follows '{}', whose end is not known", combinator.fields.back().name));
    }
    combinator.fields.push_back(field(word, combinator));
  }
  if (combinator.fields.size() > std::numeric_limits<std::int16_t>::max())
    stop("too many fields");
  const std::string_view result = statement.words.back();
  if (combinator.role == Role::Constructor && result == "Object") {
    combinator.result = {Kind::Any, 0};
  } else if (generic && result == "X") {
    combinator.result = {Kind::Any, 0};
  } else {
    combinator.result = type(result);
  }
}

Field SchemaParser::field(std::string_view word, const Combinator& combinator) {
  const std::size_t colon = word.find(':');
  const std::string_view name = word.substr(0, colon);
  if (colon == std::string_view::npos || !is_name(name) || name.find('.') != std::string_view::npos) {
    stop(fmt::format("'{}' is no field, expected 'name:type'", word));
  }
  if (std::ranges::any_of(combinator.fields, [&](const Field& other) { return other.name == name; })) {
    stop(fmt::format("the field '{}' is there twice", name));
  }
  Field result;
  result.name = name;
  std::string_view kind = word.substr(colon + 1);
  const std::size_t question = kind.find('?');
  if (question != std::string_view::npos) {
    const std::string_view condition = kind.substr(0, question);
    kind = kind.substr(question + 1);
    const std::size_t dot = condition.find('.');
    const auto flags = std::ranges::find_if(combinator.fields, [&](const Field& other) {
      return other.type.kind == Kind::Flags && other.name == condition.substr(0, dot);
    });
    if (dot == std::string_view::npos || flags == combinator.fields.end()) {
      stop(fmt::format("'{}' is no bit of a '#' field before '{}'", condition, name));
    }
    const std::string_view digits = condition.substr(dot + 1);
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), result.bit);
    if (code != std::errc{} || end != digits.data() + digits.size() || result.bit > 31) {
      stop(fmt::format("'{}' is no bit from 0 to 31", digits));
    }
    result.flags_field = static_cast<std::int16_t>(flags - combinator.fields.begin());
  }
  result.type = type(kind);
  if (result.type.kind == Kind::True && !result.optional())
    stop(fmt::format("'{}' is true without a flag", name));
  if (result.type.kind == Kind::Flags && result.optional())
    stop(fmt::format("'{}' is an optional '#'", name));
  return result;
}

Type SchemaParser::type(std::string_view text) {
  for (const Builtin& builtin : kBuiltins) {
    if (builtin.name == text)
      return {builtin.kind, 0};
  }
  if (text == "!X")
    return {Kind::Any, 0};
  for (const std::string_view prefix : {std::string_view("Vector<"), std::string_view("vector<")}) {
    if (!text.starts_with(prefix))
      continue;
    if (!text.ends_with('>'))
      stop(fmt::format("'{}' has no closing '>'", text));
    const Type inner = type(text.substr(prefix.size(), text.size() - prefix.size() - 1));
    if (inner.kind == Kind::Flags || inner.kind == Kind::True || inner.kind == Kind::Any) {
      stop(fmt::format("'{}' cannot be read element by element", text));
    }
    return {prefix.front() == 'V' ? Kind::Vector : Kind::BareVector, element(inner)};
  }
  const bool percent = text.starts_with('%');
  if (percent)
    text.remove_prefix(1);
  if (!is_name(text))
    stop(fmt::format("'{}' is no type", text));
  if (is_upper(after_last_dot(text).front())) {
    const auto found = schema_.types_by_name_.find(text);
    if (found == schema_.types_by_name_.end())
      stop(fmt::format("no constructor makes the type '{}'", text));
    if (!percent)
      return {Kind::Boxed, found->second};
    const auto& constructors = schema_.types_[found->second].constructors;
    if (constructors.size() != 1)
      stop(fmt::format("'%{}' is not one constructor", text));
    return {Kind::Bare, constructors.front()};
  }
  const auto found = schema_.by_name_.find(text);
  if (found == schema_.by_name_.end() || schema_.combinators_[found->second].role == Role::Method) {
    stop(fmt::format("there is no constructor '{}'", text));
  }
  return {Kind::Bare, found->second};
}

std::uint32_t SchemaParser::element(Type type) {
  auto& known = schema_.element_types_;
  const auto found = std::ranges::find(known, type);
  if (found != known.end())
    return static_cast<std::uint32_t>(found - known.begin());
  known.push_back(type);
  return static_cast<std::uint32_t>(known.size() - 1);
}

void SchemaParser::check_bare_recursion(std::uint32_t combinator, std::vector<std::uint8_t>& state) {
  constexpr std::uint8_t kOpen = 1;
  constexpr std::uint8_t kDone = 2;
  Combinator& of = schema_.combinators_[combinator];
  line_ = of.line;
  if (state[combinator] == kOpen)
    stop(fmt::format("{} contains itself without an id", of.name));
  if (state[combinator] == kDone)
    return;
  state[combinator] = kOpen;
  of.min_size = 0;
  for (const Field& field : of.fields) {
    Type type = field.type;
    while (type.kind == Kind::Vector || type.kind == Kind::BareVector)
      type = schema_.element_types_[type.index];
    if (type.kind == Kind::Bare)
      check_bare_recursion(type.index, state);
    if (!field.optional())
      of.min_size += min_size(schema_, field.type);
  }
  state[combinator] = kDone;
}

void SchemaParser::measure() {
  auto& combinators = schema_.combinators_;
  std::vector<std::uint8_t> state(combinators.size());
  for (std::uint32_t i = 0; i < combinators.size(); ++i)
    check_bare_recursion(i, state);

  // plainest: constructors without required objects first, then those that need only types already settled.
  const auto settled = [&](const auto& self, std::uint32_t combinator) -> bool {
    return std::ranges::all_of(combinators[combinator].fields, [&](const Field& field) {
      if (field.optional())
        return true;
      if (field.type.kind == Kind::Boxed)
        return schema_.types_[field.type.index].plainest != TypeDefinition::kNone;
      return field.type.kind != Kind::Any && (field.type.kind != Kind::Bare || self(self, field.type.index));
    });
  };
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<std::pair<std::size_t, std::uint32_t>> now;  // settled together, so that levels do not mix
    for (std::size_t t = 0; t < schema_.types_.size(); ++t) {
      if (schema_.types_[t].plainest != TypeDefinition::kNone)
        continue;
      std::uint32_t best = TypeDefinition::kNone;
      for (const std::uint32_t candidate : schema_.types_[t].constructors) {
        if (!settled(settled, candidate))
          continue;
        if (best == TypeDefinition::kNone || combinators[candidate].min_size < combinators[best].min_size) {
          best = candidate;
        }
      }
      if (best != TypeDefinition::kNone)
        now.emplace_back(t, best);
    }
    for (const auto& [type, constructor] : now)
      schema_.types_[type].plainest = constructor;
    changed = !now.empty();
  }
}

}  // namespace ledgram::tl
