#pragma once

/// Writes JSON text straight into a string: the descriptions of a message are made for every message of a back-fill,
/// and a tree of values in between would cost more than the rest of the row.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ledgram {

/// The caller keeps begin and end in pairs and writes a key before each value of an object.
class JsonText {
 public:
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  /// `name` is a literal of ours, without anything to escape.
  void key(std::string_view name);

  /// Text that is not valid UTF-8 gets U+FFFD in the place of what is wrong.
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(std::integral auto number) { integer(static_cast<std::int64_t>(number)); }
  void value(bool truth);
  void value(double number);

  /// JSON text made elsewhere.
  void raw(std::string_view json);

  template <class Value>
  void member(std::string_view name, const Value& content) {
    key(name);
    value(content);
  }

  /// 64-bit numbers that JavaScript could not hold go as decimal strings.
  void member_id(std::string_view name, std::int64_t id);

  /// Nothing if absent.
  template <class Value>
  void member(std::string_view name, const std::optional<Value>& content) {
    if (content)
      member(name, *content);
  }

  /// Nothing if empty.
  void member_text(std::string_view name, std::string_view text) {
    if (!text.empty())
      member(name, text);
  }

  /// Nothing if false.
  void member_flag(std::string_view name, bool truth) {
    if (truth)
      member(name, true);
  }

  /// Room for about this many characters, to save growing step by step.
  void reserve(std::size_t characters) { text_.reserve(characters); }

  [[nodiscard]] std::string take() { return std::exchange(text_, {}); }

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();
  void integer(std::int64_t number);

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace ledgram
