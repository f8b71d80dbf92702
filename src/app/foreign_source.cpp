#include "ledgram/app/foreign_source.hpp"

#include "ledgram/sessions/session_file.hpp"
#include "ledgram/sessions/session_string.hpp"
#include "ledgram/sessions/tdata.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

namespace ledgram::app {
namespace {

using sessions::SessionsErrc;
using sessions::SessionsResult;

/// Telethon and Pyrogram keep every peer they saw in the file: about 100 bytes each, so this is some million peers.
constexpr std::size_t kLargestSessionFile = 256U << 20U;
/// Files of tdata that hold keys have a few kB.
constexpr std::size_t kLargestTdataFile = 1U << 20U;
constexpr std::size_t kLargestString = 64U << 10U;
/// Longer than what people type as a path, shorter than any session string.
constexpr std::size_t kLongestShownPath = 255;

/// Nothing if there is no such file. Throws AppFailure.
std::optional<Bytes> read_file(const std::filesystem::path& path, std::size_t most) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return std::nullopt;
  if (!std::filesystem::is_regular_file(path, error))
    throw AppFailure({AppErrc::ImportRefused, fmt::format("cannot import {}: it is no ordinary file", path.string())});
  std::ifstream file(path, std::ios::binary);
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!file || error)
    throw AppFailure({AppErrc::Io, fmt::format("cannot read {}; check who may read it", path.string())});
  if (size > most) {
    throw AppFailure({AppErrc::ImportRefused, fmt::format("cannot import {}: it has {} MB, more than any session",
                                                          path.string(), size >> 20U)});
  }
  Bytes content(static_cast<std::size_t>(size));
  file.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(file.gcount()));
  return content;
}

/// A write-ahead log or a journal beside the database means that its program runs, or did not end properly: the session
/// may be in there, and two programs with one key get it revoked.
void refuse_if_in_use(const std::filesystem::path& path) {
  for (const char* suffix : {"-wal", "-journal"}) {
    std::filesystem::path beside = path;
    beside += suffix;
    std::error_code error;
    if (std::filesystem::file_size(beside, error) == 0 || error)
      continue;
    throw AppFailure({AppErrc::ImportRefused,
                      fmt::format("cannot import {}: the program that it belongs to still uses it ({} is there); stop "
                                  "that program first, and if it crashed, start and stop it once",
                                  path.string(), beside.filename().string())});
  }
}

std::vector<FoundSession> only(std::string label, SessionsResult<sessions::ForeignSession> session) {
  std::vector<FoundSession> found;
  found.push_back({std::move(label), std::move(session)});
  return found;
}

SessionsResult<std::vector<FoundSession>> read_folder(const std::filesystem::path& given, const SecretText& passcode) {
  std::error_code error;
  // People name the program's folder as well as the one inside it.
  const bool around =
      !std::filesystem::exists(given / "key_datas", error) && std::filesystem::is_directory(given / "tdata", error);
  const std::filesystem::path folder = around ? given / "tdata" : given;
  const auto reader = [&folder](std::string_view name) -> std::optional<Bytes> {
    // The folder of an account has the name of its file without a suffix; only files are asked for here.
    return read_file(folder / name, kLargestTdataFile);
  };
  auto accounts = sessions::read_tdata(reader, passcode);
  if (!accounts)
    return std::unexpected(std::move(accounts.error()));
  std::vector<FoundSession> found;
  for (sessions::TdataAccount& account : *accounts) {
    std::string label =
        accounts->size() == 1 ? given.string() : fmt::format("account {} of {}", found.size() + 1, given.string());
    found.push_back({std::move(label), std::move(account.session)});
  }
  return found;
}

SessionsResult<std::vector<FoundSession>> read_regular_file(const std::filesystem::path& path) {
  auto content = read_file(path, kLargestSessionFile);
  if (!content)
    throw AppFailure({AppErrc::Io, fmt::format("cannot read {}: it has just gone", path.string())});
  if (sessions::is_sqlite_file(*content)) {
    refuse_if_in_use(path);
    return only(path.string(), sessions::parse_session_file(std::move(*content)));
  }
  if (as_text(*content).starts_with("TDF$")) {
    return sessions::refuse(SessionsErrc::Unsupported,
                            "it is one file of Telegram Desktop; give the whole folder tdata");
  }
  const SecretBytes text(std::move(*content));
  return only(path.string(), sessions::parse_session_string(as_text(text.reveal())));
}

}  // namespace

std::string label_of(const SecretText& source) {
  const std::string& text = source.reveal();
  if (text == "-")
    return "the session from standard input";
  std::error_code error;
  const bool shown = text.size() <= kLongestShownPath || std::filesystem::exists(text, error);
  return shown ? text : "the session string";
}

SessionsResult<std::vector<FoundSession>> read_foreign_string(const SecretText& text) {
  return only("the session string", sessions::parse_session_string(text.reveal()));
}

SessionsResult<std::vector<FoundSession>> read_foreign_source(const SecretText& source, const SecretText& passcode) {
  const std::filesystem::path path(source.reveal());
  std::error_code error;
  // A session string is too long for the name of a file, which is an error here and means that there is none.
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status))
    return read_folder(path, passcode);
  if (std::filesystem::exists(status))
    return read_regular_file(path);
  if (sessions::looks_like_session_string(source.reveal()) || source.reveal().size() > kLongestShownPath)
    return read_foreign_string(source);
  throw AppFailure({AppErrc::Io, fmt::format("there is no file or folder {}", source.reveal())});
}

SecretText read_standard_input() {
  std::string text;
  std::array<char, 4096> piece{};
  while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), stdin)) {
    text.append(piece.data(), count);
    if (text.size() > kLargestString) {
      throw AppFailure({AppErrc::ImportRefused,
                        "standard input is longer than any session string; give a session file by its name"});
    }
  }
  wipe({reinterpret_cast<std::uint8_t*>(piece.data()), piece.size()});
  if (std::ferror(stdin) != 0)
    throw AppFailure({AppErrc::Io, "cannot read standard input"});
  return SecretText(std::move(text));
}

}  // namespace ledgram::app
