#include "ledgram/sessions/tdata.hpp"

#include "ledgram/crypto/md5.hpp"
#include "ledgram/sessions/qt_reader.hpp"
#include "ledgram/sessions/tdata_file.hpp"
#include "ledgram/sessions/tdata_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ledgram::sessions {
namespace {

/// The only block that Telegram Desktop writes into an account's file: keys and the number of the user.
constexpr std::int32_t kLoginBlock = 75;

/// Stands where the user and the data centre stood while user numbers had 32 bits.
constexpr std::int32_t kWideUserIds = -1;

/// A file is written under a name with 's' today; before, under names with 0 and 1 in turn, of which one is left over
/// if the program was stopped in the middle.
constexpr std::array<std::string_view, 3> kSuffixes{"s", "0", "1"};

/// MD5 of the account's name, the first 8 bytes in hexadecimal with the digits of each byte swapped.
std::string file_of_account(std::int32_t index) {
  const std::string name = index == 0 ? "data" : fmt::format("data#{}", index + 1);
  const crypto::Md5Digest digest = crypto::md5({as_bytes(name)});
  std::string file;
  for (const std::uint8_t byte : ByteView(digest).first(8))
    file += fmt::format("{:X}{:X}", byte & 0xfU, byte >> 4U);
  return file;
}

SessionsError with_file(std::string_view file, const SessionsError& error) {
  return {error.code, fmt::format("{}: {}", file, error.message)};
}

/// The content of the first whole file of this name with any suffix. Nothing if there is none at all.
SessionsResult<std::optional<Bytes>> read_file(const FileReader& reader, std::string_view name) {
  std::optional<SessionsError> problem;
  for (const std::string_view suffix : kSuffixes) {
    const std::string file = fmt::format("{}{}", name, suffix);
    const std::optional<Bytes> content = reader(file);
    if (!content)
      continue;
    auto inside = open_tdata_file(*content);
    if (inside)
      return Bytes(inside->begin(), inside->end());
    if (!problem)
      problem = with_file(file, inside.error());
  }
  if (problem)
    return std::unexpected(std::move(*problem));
  return std::nullopt;
}

SessionsError no_tdata(const FileReader& reader) {
  const std::string first = file_of_account(0);
  const bool old = std::ranges::any_of(
      kSuffixes, [&](std::string_view suffix) { return reader(fmt::format("{}{}", first, suffix)).has_value(); });
  if (old) {
    return {
        SessionsErrc::Unsupported,
        "it is the folder of a Telegram Desktop of before 2020, without key_datas; start a current Telegram Desktop "
        "on it once, which rewrites it"};
  }
  return {SessionsErrc::Foreign, "it is no folder tdata of Telegram Desktop: there is no key_datas in it"};
}

SessionsResult<ForeignSession> read_account(const FileReader& reader, const std::string& file,
                                            const crypto::AuthKey& local_key) {
  auto content = read_file(reader, file);
  if (!content)
    return std::unexpected(std::move(content.error()));
  if (!*content)
    return refuse(SessionsErrc::NotLoggedIn, fmt::format("{}s is missing, so this account is not logged in", file));
  QtReader in(**content);
  const ByteView sealed = in.byte_array();
  const auto login = in.ok() ? decrypt_tdata(sealed, local_key) : std::nullopt;
  if (!login) {
    return refuse(SessionsErrc::Damaged,
                  fmt::format("{}s cannot be decrypted with the key of this folder; it comes from another one", file));
  }
  auto session = parse_tdata_login(login->reveal());
  if (!session)
    return std::unexpected(with_file(file + "s", session.error()));
  return session;
}

}  // namespace

SessionsResult<ForeignSession> parse_tdata_login(ByteView decrypted) {
  const auto damaged = [] { return refuse(SessionsErrc::Damaged, "it is decrypted, but its content cannot be"); };
  QtReader file(decrypted);
  const std::int32_t block = file.i32();
  const ByteView login = file.byte_array();
  if (!file.ok())
    return damaged();
  if (block != kLoginBlock)
    return refuse(SessionsErrc::Unsupported, fmt::format("block {} is none that this version knows", block));

  QtReader in(login);
  const std::int32_t old_user = in.i32();
  const std::int32_t old_dc = in.i32();
  const bool wide = old_user == kWideUserIds && old_dc == kWideUserIds;
  const auto user = wide ? static_cast<std::int64_t>(in.u64()) : std::int64_t{old_user};
  const std::int32_t main_dc = wide ? in.i32() : old_dc;
  const std::int32_t count = in.i32();
  constexpr std::size_t kEntrySize = 4 + crypto::AuthKey::kSize;
  if (!in.ok() || count < 0 || static_cast<std::size_t>(count) > in.remaining() / kEntrySize)
    return damaged();
  if (user == 0 || main_dc == 0 || count == 0)
    return refuse(SessionsErrc::NotLoggedIn, "this account is not logged in");
  if (user < 0 || main_dc < 1 || main_dc > 255)
    return damaged();
  // The keys of other data centres were made with this login, but making new ones is cheap.
  for (std::int32_t i = 0; i < count; ++i) {
    const std::int32_t dc = in.i32();
    const ByteView key = in.raw(crypto::AuthKey::kSize);
    if (dc != main_dc)
      continue;
    return ForeignSession{.source = Source::Tdata,
                          .dc = DcId(dc),
                          .key = crypto::AuthKey::from_bytes(key).value(),
                          .servers = Servers::Unknown,
                          .user = UserId(user),
                          .api_id = {}};
  }
  return refuse(SessionsErrc::Damaged, fmt::format("the key of data centre {} is missing", main_dc));
}

SessionsResult<std::vector<TdataAccount>> read_tdata(const FileReader& reader, const SecretText& passcode) {
  auto key_data = read_file(reader, "key_data");
  if (!key_data)
    return std::unexpected(std::move(key_data.error()));
  if (!*key_data)
    return std::unexpected(no_tdata(reader));
  auto opened = open_tdata_key(**key_data, passcode);
  if (!opened)
    return std::unexpected(std::move(opened.error()));
  std::vector<TdataAccount> accounts;
  for (const std::int32_t index : opened->accounts) {
    std::string file = file_of_account(index);
    auto session = read_account(reader, file, opened->local_key);
    accounts.push_back(TdataAccount{std::move(file), std::move(session)});
  }
  return accounts;
}

}  // namespace ledgram::sessions
