#include "ledgram/sim_api/key_table.hpp"

#include "ledgram/sim_content/export_fields.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

constexpr std::string_view kKind = "key_login";

std::string state_key(AuthKeyId key) {
  char text[24];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(key.value()));
  return text;
}

}  // namespace

Result<void, ContentError> KeyTable::restore() {
  for (const auto& row : state_.load_all(kKind)) {
    boost::system::error_code code;
    const auto value = json::parse(row.text, code);
    if (code || !value.is_object()) {
      return std::unexpected(ContentError{
          ContentErrc::BadState, "the stored login " + row.key + " cannot be read; start with another data folder"});
    }
    const auto& object = value.get_object();
    KeyState& key = keys_[AuthKeyId(std::strtoull(row.key.c_str(), nullptr, 16))];
    key.layer = export_int(object, "layer");
    key.account = UserId(export_number(object, "account"));
    key.imported = export_flag(object, "imported");
    key.revoked = export_flag(object, "revoked");
  }
  return {};
}

void KeyTable::save(AuthKeyId id) {
  const KeyState& key = keys_[id];
  const json::object row{
      {"layer", key.layer}, {"account", key.account.value()}, {"imported", key.imported}, {"revoked", key.revoked}};
  state_.put(kKind, state_key(id), json::serialize(row));
}

void KeyTable::forget(AuthKeyId key) {
  keys_.erase(key);
  state_.erase(kKind, state_key(key));
}

void KeyTable::revoke(UserId account) {
  for (auto& [id, key] : keys_) {
    if (key.account != account)
      continue;
    key.account = UserId();
    key.imported = false;
    key.revoked = true;
    save(id);
  }
}

}  // namespace ledgram::sim
