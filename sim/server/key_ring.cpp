#include "ledgram/sim_server/key_ring.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

constexpr std::string_view kKind = "auth_key";

std::string_view text_of(const json::object& row, std::string_view name) {
  const json::value* value = row.if_contains(name);
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view{} : std::string_view(text->data(), text->size());
}

std::optional<std::int64_t> number_of(const json::object& row, std::string_view name) {
  const json::value* value = row.if_contains(name);
  const std::int64_t* number = value == nullptr ? nullptr : value->if_int64();
  if (number == nullptr)
    return std::nullopt;
  return *number;
}

}  // namespace

std::string to_text(AuthKeyId id) {
  return fmt::format("{:016x}", id.value());
}

ServerResult<void> KeyRing::restore(Instant now) {
  for (const StateRow& stored : state_.load_all(kKind)) {
    boost::system::error_code problem;
    const json::value parsed = json::parse(stored.text, problem);
    const json::object* row = problem ? nullptr : parsed.if_object();
    const auto bytes = row == nullptr ? std::nullopt : from_hex(text_of(*row, "key"));
    const auto dc = row == nullptr ? std::nullopt : number_of(*row, "dc");
    const auto salt = row == nullptr ? std::nullopt : number_of(*row, "salt");
    if (!bytes || bytes->size() != crypto::AuthKey::kSize || !dc || !salt) {
      return server_error(ServerErrc::Database,
                          fmt::format("the stored authorization key {} cannot be read", stored.key));
    }
    const auto key = crypto::AuthKey::from_bytes(*bytes);
    if (!key || to_text(key->id()) != stored.key) {
      return server_error(ServerErrc::Database, fmt::format("the stored authorization key {} is damaged", stored.key));
    }
    auto entry =
        std::make_unique<KeyEntry>(*key, DcId(static_cast<std::int32_t>(*dc)), mtproto::Salt(*salt), now, random_);
    entry->phone = text_of(*row, "phone");
    keys_[key->id()] = std::move(entry);
  }
  return {};
}

KeyEntry& KeyRing::add(const crypto::AuthKey& key, DcId dc, mtproto::Salt salt, std::optional<nanoseconds> expires,
                       Instant now) {
  auto entry = std::make_unique<KeyEntry>(key, dc, salt, now, random_);
  entry->expires = expires;
  KeyEntry& result = *entry;
  keys_[key.id()] = std::move(entry);
  save(result);
  return result;
}

KeyEntry* KeyRing::find(AuthKeyId id, Instant now) {
  const auto found = keys_.find(id);
  if (found == keys_.end())
    return nullptr;
  KeyEntry* entry = found->second.get();
  return entry->expires && *entry->expires <= now.unix_time ? nullptr : entry;
}

void KeyRing::set_phone(KeyEntry& entry, std::string phone) {
  if (entry.phone == phone)
    return;
  entry.phone = std::move(phone);
  save(entry);
}

void KeyRing::save_salt(KeyEntry& entry, Instant now) {
  const mtproto::Salt current = entry.salts.current(now);
  if (current == entry.stored_salt)
    return;
  entry.stored_salt = current;
  save(entry);
}

void KeyRing::forget(AuthKeyId id) {
  const auto found = keys_.find(id);
  if (found == keys_.end())
    return;
  if (found->second->bound_to)
    std::erase(bound_[*found->second->bound_to], id);
  bound_.erase(id);
  keys_.erase(found);
  state_.erase(kKind, to_text(id));
}

void KeyRing::bind(KeyEntry& temporary, AuthKeyId permanent) {
  temporary.bound_to = permanent;
  bound_[permanent].push_back(temporary.key.id());
}

const std::vector<AuthKeyId>& KeyRing::bound_to(AuthKeyId permanent) const {
  static const std::vector<AuthKeyId> none;
  const auto found = bound_.find(permanent);
  return found == bound_.end() ? none : found->second;
}

std::vector<AuthKeyId> KeyRing::expired(Instant now) const {
  std::vector<AuthKeyId> ids;
  for (const auto& [id, entry] : keys_) {
    if (entry->expires && *entry->expires <= now.unix_time)
      ids.push_back(id);
  }
  return ids;
}

void KeyRing::rotate_salts(Instant now) {
  for (const auto& [id, entry] : keys_) {
    entry->salts.rotate_now(now);
    save_salt(*entry, now);
  }
}

std::vector<const KeyEntry*> KeyRing::all() const {
  std::vector<const KeyEntry*> entries;
  for (const auto& [id, entry] : keys_)
    entries.push_back(entry.get());
  std::ranges::sort(entries, {}, [](const KeyEntry* entry) { return entry->key.id(); });
  return entries;
}

void KeyRing::save(const KeyEntry& entry) {
  if (entry.expires)
    return;
  const json::object row{{"key", to_hex(entry.key.reveal())},
                         {"dc", entry.dc.value()},
                         {"salt", entry.stored_salt.value()},
                         {"phone", entry.phone}};
  state_.put(kKind, to_text(entry.key.id()), json::serialize(row));
}

}  // namespace ledgram::sim
