// Asking what really is: the state of the simulator and of its chats.

#include "ledgram/crypto/sha256_stream.hpp"
#include "ledgram/sim_server/control/request.hpp"

#include <algorithm>
#include <array>

namespace ledgram::sim::control {

namespace json = boost::json;

namespace {

std::string get_status(Call& call) {
  const auto account = call.target.query.find("account");
  json::object status = call.hub.status(account == call.target.query.end() ? "" : account_digits(account->second));
  status["faults"] = call.hub.faults().list();
  return as_line(std::move(status));
}

std::string get_truth(Call& call) {
  const auto chat = call.target.query.find("chat");
  if (const auto phone = call.target.query.find("phone"); phone != call.target.query.end())
    return value_or_refuse(std::as_const(call.hub.service()).mail_truth(phone->second)) + "\n";
  if (chat == call.target.query.end())
    refuse(400, "name the chat or the account: GET /truth?chat=NAME, GET /truth?phone=PHONE");
  const std::int64_t since = call.target.query.contains("since_id") ? query_number(call.target, "since_id") : 0;
  std::string truth = value_or_refuse(
      std::as_const(call.hub.service())
          .truth(chat->second, static_cast<std::int32_t>(std::clamp<std::int64_t>(since, 0, INT32_MAX))));
  truth += '\n';
  return truth;
}

/// Over pieces, since the file may be larger than the memory.
std::string sha256_of(const StoredFile& file) {
  constexpr std::int64_t kPiece = 1024 * 1024;
  crypto::Sha256Stream hash;
  for (std::int64_t at = 0; at < file.size; at += kPiece)
    hash.add(file.read(at, kPiece));
  return to_hex(hash.finish());
}

std::string get_truth_file(Call& call) {
  const auto chat = call.target.query.find("chat");
  const auto id = call.target.query.find("id");
  if (chat == call.target.query.end() || id == call.target.query.end())
    refuse(400, "name the message: GET /truth/file?chat=NAME&id=N");
  const auto number = static_cast<std::int32_t>(query_number(call.target, "id"));
  const StoredFile file = value_or_refuse(call.hub.service().file(chat->second, number));
  return as_line({{"file", file.id}, {"size", file.size}, {"sha256", sha256_of(file)}});
}

constexpr std::array kEndpoints{
    Endpoint{"GET", "/status", "?account=PHONE: connections, sessions, keys, calls, pushes, faults", get_status},
    Endpoint{"GET", "/truth", "?chat=NAME&since_id=N or ?phone=PHONE: what really is in a chat or mailbox", get_truth},
    Endpoint{"GET", "/truth/file", "?chat=NAME&id=N: size and SHA-256 of a message's file", get_truth_file},
};

}  // namespace

std::span<const Endpoint> truth_endpoints() {
  return kEndpoints;
}

}  // namespace ledgram::sim::control
