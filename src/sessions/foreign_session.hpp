#pragma once

/// A login that another program made, as far as its files tell.

#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/auth_key.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace ledgram::sessions {

enum class Source : std::uint8_t { TelethonFile, TelethonString, PyrogramFile, PyrogramString, Tdata };

/// The program, whatever form its session has.
enum class Program : std::uint8_t { Telethon, Pyrogram, TelegramDesktop };

constexpr Program program_of(Source source) {
  switch (source) {
    case Source::TelethonFile:
    case Source::TelethonString:
      return Program::Telethon;
    case Source::PyrogramFile:
    case Source::PyrogramString:
      return Program::Pyrogram;
    case Source::Tdata:
      return Program::TelegramDesktop;
  }
  return Program::TelegramDesktop;
}

/// For people: "a Telethon session file".
constexpr std::string_view describe(Source source) {
  switch (source) {
    case Source::TelethonFile:
      return "a Telethon session file";
    case Source::TelethonString:
      return "a Telethon string session";
    case Source::PyrogramFile:
      return "a Pyrogram session file";
    case Source::PyrogramString:
      return "a Pyrogram session string";
    case Source::Tdata:
      return "Telegram Desktop's data";
  }
  return "?";
}

enum class Servers : std::uint8_t { Unknown, Production, Test };

/// Secret as a whole: whoever has it is logged in. Addresses of data centres are not kept: they are the business of
/// whoever connects.
struct ForeignSession {
  Source source{};
  DcId dc;                             ///< the account's home, where the key was made; 1 to 255
  crypto::AuthKey key;                 ///< the permanent key of that data centre
  Servers servers{Servers::Unknown};   ///< what the file says; most formats say nothing
  std::optional<UserId> user;          ///< Telegram's number of the account, if the file has it
  std::optional<std::int32_t> api_id;  ///< of the application that logged in, if the file has it
};

}  // namespace ledgram::sessions
