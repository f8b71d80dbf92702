#include "ledgram/base/json_text.hpp"

#include "ledgram/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ledgram {
namespace {

std::string json_of(std::string_view text) {
  JsonText out;
  out.value(text);
  return out.take();
}

TEST(JsonText, EscapesWhereverItStands) {
  // Eight bytes are looked at together, so every place in them and both sides of their borders count.
  for (std::size_t length = 1; length <= 20; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (const auto& [raw, escaped] : {std::pair{'"', "\\\""}, std::pair{'\\', "\\\\"}, std::pair{'\n', "\\n"},
                                         std::pair{'\x01', "\\u0001"}, std::pair{'\x1f', "\\u001f"}}) {
        std::string text(length, 'a');
        text[at] = raw;
        EXPECT_EQ(json_of(text), '"' + std::string(at, 'a') + escaped + std::string(length - at - 1, 'a') + '"');
      }
    }
  }
}

TEST(JsonText, LeavesTheNeighboursOfWhatIsEscaped) {
  for (const std::string_view text :
       {" !#[]^_~", "\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f", "абвгґдеє", "\xc3\xa2\xc3\xa2 !#[]"})
    EXPECT_EQ(json_of(text), '"' + std::string(text) + '"');
}

TEST(JsonText, ReplacesWhatIsNoText) {
  EXPECT_EQ(json_of("aaaaaaaa\xff"), "\"aaaaaaaa\xef\xbf\xbd\"");
  EXPECT_EQ(json_of("\xff\"aaaaaaaa"), "\"\xef\xbf\xbd\\\"aaaaaaaa\"");
}

TEST(JsonText, PlainTextOfAnyLengthStandsAsItIs) {
  for (const std::size_t length : {0U, 1U, 63U, 64U, 65U, 128U, 129U, 200U}) {
    EXPECT_EQ(json_of(std::string(length, 'a')), '"' + std::string(length, 'a') + '"');
    EXPECT_EQ(json_of(std::string(length, 'a') + "\n"), '"' + std::string(length, 'a') + "\\n\"");
  }
}

}  // namespace
}  // namespace ledgram
