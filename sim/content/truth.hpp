#pragma once

/// What really is in a chat, as JSON text. Written by hand, since a chat may have hundreds of thousands of messages.

#include "ledgram/sim_content/channel.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ledgram::sim {

/// Appends members of one JSON object or elements of one list to a text.
class JsonText {
 public:
  explicit JsonText(std::string& out) : out_(out) {}

  void text(std::string_view key, std::string_view value);
  void number(std::string_view key, std::int64_t value);
  /// Nothing for zero.
  void number_if_any(std::string_view key, std::int64_t value);
  void yes(std::string_view key);
  /// The key alone; its value is to follow.
  void key(std::string_view name);

 private:
  std::string& out_;
};

/// A text in quotation marks.
void append_json_text(std::string& out, std::string_view text);

/// The members of a message's object, without braces.
void append_post_fields(std::string& out, const Post& post);

/// See ChatStore::truth.
std::string truth_of(const Channel& channel, std::int32_t since_id);

}  // namespace ledgram::sim
