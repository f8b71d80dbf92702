#pragma once

/// What the handlers of the API share. Used inside the API floor.

#include "ledgram/sim_api/access.hpp"
#include "ledgram/sim_api/fault.hpp"
#include "ledgram/sim_api/files.hpp"
#include "ledgram/sim_api/key_table.hpp"
#include "ledgram/sim_api/layers.hpp"
#include "ledgram/sim_api/limits.hpp"
#include "ledgram/sim_api/login.hpp"
#include "ledgram/sim_api/login_tokens.hpp"
#include "ledgram/sim_api/pushes.hpp"
#include "ledgram/sim_api/service.hpp"
#include "ledgram/sim_api/subscriptions.hpp"
#include "ledgram/sim_content/mail_store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ledgram::sim {

struct Core {
  ServiceOptions options;
  ChatStore& chats;
  AccountStore& accounts;
  StateStore& state;
  MailStore mail;
  RandomSource& random;
  PushSink& sink;
  Layers layers;
  KeyTable keys;
  AccessHashes hashes;
  LoginDesk logins;
  QrDesk qr;
  FutureTokens future_tokens;
  Limits limits;
  mutable Subscriptions subscriptions;  ///< mutable, because watches that have ended are forgotten when they are read
  Audience audience;
  FaultHook fault_hook;
  UpdateHooks hooks;
  FileDesk files;
  std::optional<CdnDc> cdn;
};

/// One request on its way through a handler.
struct Call {
  Core& core;
  const CallContext& context;
  KeyState& key;
  Account* account;                 ///< null before login
  std::int32_t now;                 ///< unix seconds
  boost::json::storage_ptr memory;  ///< for the values of the answer
  const boost::json::object& args;  ///< the method's fields
  const tl::Schema& schema;         ///< of the caller's layer

  /// A constructor's id in the written answer, and what stands there instead: a constructor that no layer has.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> replace_id = std::nullopt;

  [[nodiscard]] boost::json::object object(std::string_view name) const {
    boost::json::object out(memory);
    out.reserve(8);
    out.emplace("_", name);
    return out;
  }

  /// The method's answer in the caller's layer.
  [[nodiscard]] Bytes write_result(const boost::json::value& value) const {
    return sim::write_result(schema, value, name_of_method());
  }

  [[nodiscard]] boost::json::array array() const { return boost::json::array(memory); }

  [[nodiscard]] std::string_view name_of_method() const;

  /// Writes the key's state, which a handler changed.
  void save_key() const { core.keys.save(context.key); }
};

enum class Caller : std::uint8_t {
  Anybody,  ///< before login too
  Account,  ///< users and bots
  User,     ///< not bots
  Cdn,      ///< anybody, at the CDN's data centre
};

/// A method of the API. Handlers return the result as JSON, or throw RpcFailure. One that has `write` gives the
/// serialized result itself.
struct Method {
  std::string_view name;
  Caller caller;
  boost::json::value (*run)(Call& call);
  Bytes (*write)(Call& call) = nullptr;
};

std::span<const Method> file_methods();
std::span<const Method> help_methods();
std::span<const Method> auth_methods();
std::span<const Method> code_methods();
std::span<const Method> qr_methods();
std::span<const Method> user_methods();
std::span<const Method> message_methods();
std::span<const Method> group_methods();
std::span<const Method> dialog_methods();
std::span<const Method> channel_methods();
std::span<const Method> update_methods();

/// Fields of a method or of an object in it, as the codec decodes them; zero or empty if absent.
std::int32_t int_field(const boost::json::object& object, std::string_view name);
std::int64_t long_field(const boost::json::object& object, std::string_view name);
std::string_view text_field(const boost::json::object& object, std::string_view name);
Bytes bytes_field(const boost::json::object& object, std::string_view name);
bool flag_field(const boost::json::object& object, std::string_view name);
/// An empty object if absent.
const boost::json::object& object_field(const boost::json::object& object, std::string_view name);
const boost::json::array& array_field(const boost::json::object& object, std::string_view name);
/// The constructor's name, such as "inputPeerSelf".
std::string_view name_of(const boost::json::object& object);

}  // namespace ledgram::sim
