#include "ledgram/telegram/session_store.hpp"

#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/writer.hpp"

#include <algorithm>

namespace ledgram::telegram {

namespace {

/// "LGS" and the version of the layout below.
constexpr std::uint32_t kMagicAndVersion = 0x0153474c;

/// More data centres than Telegram has ever had; a larger number means damaged data.
constexpr std::int32_t kMostKeys = 64;
/// A list at the end that the first sessions had; later ones keep those tokens elsewhere and write none.
constexpr std::int32_t kMostOldTokens = 20;

std::unexpected<TelegramError> unreadable(std::string_view why) {
  TelegramError error;
  error.code = TelegramErrc::BadStoredSession;
  error.message = "the stored login cannot be read: " + std::string(why) + "; log this account in again";
  return std::unexpected(std::move(error));
}

}  // namespace

Bytes to_bytes(const StoredSession& session) {
  tl::Writer out;
  out.i32(static_cast<std::int32_t>(kMagicAndVersion));
  out.i32(session.main_dc.value());
  out.i32(session.environment == DcEnvironment::Test ? 1 : 0);
  out.i64(session.user.value());
  out.i32(session.kind == AccountKind::Bot ? 1 : 0);
  out.i32(static_cast<std::int32_t>(session.keys.size()));
  for (const StoredKey& key : session.keys) {
    out.i32(key.dc.value());
    out.raw(key.key.reveal());
    out.i64(key.salt.value());
    out.i64(key.clock_offset.count());
    out.i32(key.authorized ? 1 : 0);
  }
  out.i32(0);  // old tokens
  // Behind the rest, and only if there is something to say: earlier versions had nothing here.
  if (std::ranges::any_of(session.keys, [](const StoredKey& key) { return key.session != SessionId(); })) {
    for (const StoredKey& key : session.keys)
      out.i64(key.session.value());
  }
  return out.take();
}

Result<StoredSession, TelegramError> from_bytes(ByteView bytes) {
  tl::Reader in(bytes);
  if (in.u32() != kMagicAndVersion)
    return unreadable("it is of another version or damaged");
  StoredSession session;
  session.main_dc = DcId(in.i32());
  const std::int32_t environment = in.i32();
  session.user = UserId(in.i64());
  const std::int32_t kind = in.i32();
  const std::int32_t key_count = in.i32();
  if (!in.ok() || environment < 0 || environment > 1 || kind < 0 || kind > 1)
    return unreadable("it is damaged");
  session.environment = environment == 1 ? DcEnvironment::Test : DcEnvironment::Production;
  session.kind = kind == 1 ? AccountKind::Bot : AccountKind::User;
  if (key_count < 1 || key_count > kMostKeys)
    return unreadable("its number of keys is impossible");

  for (std::int32_t i = 0; i < key_count; ++i) {
    const DcId dc(in.i32());
    const ByteView key_bytes = in.raw(crypto::AuthKey::kSize);
    if (!in.ok())
      return unreadable("it is cut off");
    auto key = crypto::AuthKey::from_bytes(key_bytes);
    if (!key)
      return unreadable("a key is damaged");
    const mtproto::Salt salt(in.i64());
    const nanoseconds offset(in.i64());
    const std::int32_t authorized = in.i32();
    if (!in.ok() || authorized < 0 || authorized > 1)
      return unreadable("it is cut off or damaged");
    session.keys.push_back(StoredKey{dc, std::move(*key), salt, offset, authorized == 1, SessionId()});
  }
  const bool has_main_key = std::any_of(session.keys.begin(), session.keys.end(),
                                        [&session](const StoredKey& key) { return key.dc == session.main_dc; });
  if (!has_main_key)
    return unreadable("the key of its data centre is missing");

  const std::int32_t token_count = in.i32();
  if (!in.ok() || token_count < 0 || token_count > kMostOldTokens) {
    return unreadable("it is cut off or damaged");
  }
  for (std::int32_t i = 0; i < token_count; ++i)
    in.bytes_view();
  if (!in.ok())
    return unreadable("it is cut off");
  if (in.remaining() == 0)
    return session;
  for (StoredKey& key : session.keys)
    key.session = SessionId(in.i64());
  const bool says_something =
      std::ranges::any_of(session.keys, [](const StoredKey& key) { return key.session != SessionId(); });
  if (!in.ok() || in.remaining() != 0 || !says_something)
    return unreadable("something follows it");
  return session;
}

asio::awaitable<std::optional<StoredSession>> MemoryKeyStore::load() {
  co_return session_;
}

asio::awaitable<void> MemoryKeyStore::save(StoredSession session) {
  session_ = std::move(session);
  co_return;
}

asio::awaitable<void> MemoryKeyStore::erase() {
  session_.reset();
  co_return;
}

}  // namespace ledgram::telegram
