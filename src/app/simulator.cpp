#include "ledgram/app/simulator.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <optional>

namespace ledgram::app {
namespace {

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

AppError no_simulator(const std::filesystem::path& folder, std::string_view reason) {
  return {AppErrc::NoSimulator, fmt::format("no simulator runs on {}: {}; start it with `ledgram-sim --data {}`",
                                            folder.string(), reason, folder.string())};
}

std::optional<telegram::DcOption> option_from(const boost::json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr)
    return std::nullopt;
  const auto* id = object->if_contains("id");
  const auto* host = object->if_contains("host");
  const auto* port = object->if_contains("port");
  if (id == nullptr || host == nullptr || port == nullptr || !host->is_string())
    return std::nullopt;
  boost::system::error_code bad;
  telegram::DcOption option;
  option.dc = DcId(id->to_number<std::int32_t>(bad));
  if (bad)
    return std::nullopt;
  option.port = port->to_number<std::uint16_t>(bad);
  if (bad)
    return std::nullopt;
  option.host = std::string(host->get_string());
  return option;
}

}  // namespace

AppResult<telegram::DcTable> simulator_dcs(const std::filesystem::path& folder) {
  const auto ready = read_file(folder / "ready.json");
  if (!ready)
    return std::unexpected(no_simulator(folder, "there is no ready.json in it"));
  boost::system::error_code bad;
  const boost::json::value parsed = boost::json::parse(*ready, bad);
  const boost::json::value* dcs = bad ? nullptr : parsed.is_object() ? parsed.get_object().if_contains("dcs") : nullptr;
  if (dcs == nullptr || !dcs->is_array()) {
    return std::unexpected(no_simulator(folder, "its ready.json is not what ledgram-sim writes"));
  }
  telegram::DcTable table;
  for (const boost::json::value& dc : dcs->get_array()) {
    auto option = option_from(dc);
    if (!option)
      return std::unexpected(no_simulator(folder, "its ready.json has an address that is none"));
    table.options.push_back(std::move(*option));
  }
  const auto pem = read_file(folder / "public.pem");
  if (!pem)
    return std::unexpected(no_simulator(folder, "there is no public.pem in it"));
  auto key = crypto::RsaPublicKey::from_pem(*pem);
  if (!key)
    return std::unexpected(no_simulator(folder, key.error().message));
  table.rsa_keys.push_back(std::move(*key));
  return table;
}

}  // namespace ledgram::app
