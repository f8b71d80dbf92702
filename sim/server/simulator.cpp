#include "ledgram/sim_server/simulator.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/sim_api/service.hpp"
#include "ledgram/sim_content/account_store.hpp"
#include "ledgram/sim_content/chat_store.hpp"
#include "ledgram/sim_server/data_folder.hpp"
#include "ledgram/sim_server/faults.hpp"
#include "ledgram/sim_server/hub.hpp"
#include "ledgram/sim_server/key_ring.hpp"
#include "ledgram/sim_server/storage.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <optional>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

constexpr std::string_view kPortsKind = "ports";
constexpr std::string_view kPortsKey = "last";

/// The host that TLS-like connections to the mtproxy port pretend to go to; reserved by RFC 2606.
constexpr std::string_view kTlsHost = "www.example.com";

/// An error of the content or API floor on its way to a person.
std::unexpected<ServerError> passed_on(ContentError error) {
  return server_error(ServerErrc::BadRequest, std::move(error.message));
}

std::set<DcId> dc_ids(std::size_t count) {
  std::set<DcId> ids;
  for (std::size_t i = 1; i <= count; ++i)
    ids.insert(DcId(static_cast<std::int32_t>(i)));
  return ids;
}

std::string store_ports(const Ports& ports) {
  const json::object row{{"dcs", json::array(ports.dcs.begin(), ports.dcs.end())},
                         {"mtproxy", ports.mtproxy},
                         {"control", ports.control},
                         {"cdn", ports.cdn}};
  return json::serialize(row);
}

/// The ports of the last run, if they are those of as many DCs; clients know them.
std::optional<Ports> load_ports(const StateStore& state, std::size_t dcs) {
  for (const StateRow& row : state.load_all(kPortsKind)) {
    if (row.key != kPortsKey)
      continue;
    try {
      const json::value parsed = json::parse(row.text);
      Ports ports;
      for (const json::value& port : parsed.at("dcs").as_array())
        ports.dcs.push_back(port.to_number<std::uint16_t>());
      ports.mtproxy = parsed.at("mtproxy").to_number<std::uint16_t>();
      ports.control = parsed.at("control").to_number<std::uint16_t>();
      // Absent in folders of before there was a CDN.
      if (const json::value* cdn = parsed.as_object().if_contains("cdn"))
        ports.cdn = cdn->to_number<std::uint16_t>();
      if (ports.dcs.size() == dcs)
        return ports;
    } catch (const std::exception&) {
      return std::nullopt;  // any ports will do
    }
  }
  return std::nullopt;
}

Ports ports_from(std::uint16_t base, std::size_t dcs) {
  Ports ports;
  ports.dcs.resize(dcs);
  if (base == 0)
    return ports;
  for (std::uint16_t& port : ports.dcs)
    port = base++;
  ports.mtproxy = base++;
  ports.control = base++;
  ports.cdn = base;
  return ports;
}

/// Where clients on this machine reach what listens on `listen`.
std::string reachable_host(const std::string& listen) {
  if (listen == "0.0.0.0")
    return "127.0.0.1";
  if (listen == "::")
    return "::1";
  return listen;
}

}  // namespace

struct Simulator::Parts {
  Parts(asio::io_context& io, DataFolder opened, std::unique_ptr<SqliteStateStore> store, const Options& options)
      : context(io),
        folder(std::move(opened)),
        state(std::move(store)),
        accounts(*state),
        chats(*state),
        faults(random),
        keys(*state, random),
        hub({.rsa_key = folder.rsa_key(),
             .keys = keys,
             .faults = faults,
             .random = random,
             .clock = clock,
             .dcs = dc_ids(options.dcs)}) {}

  asio::io_context& context;
  DataFolder folder;
  net::SystemRandom random;
  net::SystemClock clock;
  std::unique_ptr<SqliteStateStore> state;
  AccountStore accounts;
  ChatStore chats;
  Faults faults;
  KeyRing keys;
  Hub hub;
  std::unique_ptr<ApiService> service;
  std::optional<Server> server;
  std::string ready_line;

  ServerResult<void> load_content(const Options& options);
  ServerResult<void> make_service(const Options& options);
  ServerResult<void> open_server(const Options& options);
  ServerResult<void> make_accounts(const Options& options);
  void describe(const Options& options);
};

ServerResult<void> Simulator::Parts::load_content(const Options& options) {
  if (auto restored = accounts.restore(); !restored)
    return passed_on(restored.error());
  for (const auto& file : options.channels) {
    if (auto added = chats.add_export(file); !added)
      return passed_on(added.error());
  }
  if (options.synthetic) {
    if (auto added = chats.add_synthetic(*options.synthetic); !added)
      return passed_on(added.error());
  }
  if (auto restored = chats.restore(); !restored)
    return passed_on(restored.error());
  return keys.restore(clock.now());
}

ServerResult<void> Simulator::Parts::make_service(const Options& options) {
  ServiceOptions service_options;
  service_options.schemas = options.schemas;
  auto made = ApiService::create(std::move(service_options), chats, accounts, *state, random, hub);
  if (!made)
    return passed_on(made.error());
  service = std::move(*made);
  service->set_fault_hook([this](std::string_view method, std::string_view phone) -> std::optional<RpcFault> {
    auto fault = faults.rpc_error(method, phone);
    if (!fault)
      return std::nullopt;
    return RpcFault{fault->code, std::move(fault->message)};
  });
  service->set_update_hooks({.difference = [this](std::string_view method,
                                                  std::string_view phone) { return faults.difference(method, phone); },
                             .min_peers = [this](std::string_view phone) { return faults.min_peers(phone); }});
  hub.set_service(*service);
  hub.set_cdn_switch([this, host = reachable_host(options.listen)]() -> ServerResult<crypto::RsaPrivateKey> {
    auto key = folder.cdn_key();
    if (key) {
      service->set_cdn({.address = {.id = kCdnDc, .host = host, .port = server->ports().cdn},
                        .public_key = crypto::public_pem_pkcs1(key->public_key())});
    }
    return key;
  });
  return {};
}

ServerResult<void> Simulator::Parts::make_accounts(const Options& options) {
  for (const PasswordOption& option : options.passwords) {
    auto set = service->set_password(option.phone, option.password, {});
    if (!set)
      return passed_on(set.error());
  }
  for (const SecretText& token : options.bot_tokens) {
    auto added = service->add_bot(token, DcId(1));
    if (!added)
      return passed_on(added.error());
  }
  return {};
}

ServerResult<void> Simulator::Parts::open_server(const Options& options) {
  ServerOptions server_options{.listen = options.listen,
                               .ports = ports_from(options.port, options.dcs),
                               .mtproxy_secret = folder.mtproxy_secret(),
                               .max_connections = options.max_connections};
  ServerResult<void> opened = server_error(ServerErrc::Network, {});
  if (options.port == 0) {
    if (auto last = load_ports(*state, options.dcs)) {
      ServerOptions same = server_options;
      same.ports = std::move(*last);
      server.emplace(context, hub, std::move(same));
      opened = server->open();
    }
  }
  if (!opened) {
    server.emplace(context, hub, std::move(server_options));
    opened = server->open();
  }
  if (!opened)
    return opened;
  state->put(kPortsKind, kPortsKey, store_ports(server->ports()));
  return {};
}

void Simulator::Parts::describe(const Options& options) {
  const Ports& ports = server->ports();
  const std::string host = reachable_host(options.listen);
  std::vector<DcAddress> addresses;
  json::array dcs;
  for (const std::uint16_t port : ports.dcs) {
    const auto id = static_cast<std::int32_t>(addresses.size() + 1);
    addresses.push_back({.id = DcId(id), .host = host, .port = port});
    dcs.push_back({{"id", id}, {"host", host}, {"port", port}});
  }
  service->set_dcs(std::move(addresses));
  const std::string secret = to_hex(folder.mtproxy_secret());
  json::object mtproxy{{"host", host},
                       {"port", ports.mtproxy},
                       {"secret", secret},
                       {"tls_secret", "ee" + secret + to_hex(as_bytes(kTlsHost))}};
  const json::object ready{{"event", "ready"},
                           {"dcs", std::move(dcs)},
                           {"mtproxy", std::move(mtproxy)},
                           {"control", fmt::format("http://127.0.0.1:{}", ports.control)},
                           {"public_key", folder.public_key_file().string()}};
  ready_line = json::serialize(ready);
}

ServerResult<std::unique_ptr<Simulator>> Simulator::create(asio::io_context& context, const Options& options) {
  net::SystemRandom random;
  auto folder = DataFolder::open(options.data, random);
  if (!folder)
    return std::unexpected(std::move(folder.error()));
  auto state = SqliteStateStore::open(folder->database_file());
  if (!state)
    return std::unexpected(std::move(state.error()));
  auto parts = std::make_unique<Parts>(context, std::move(*folder), std::move(*state), options);
  try {
    if (auto done = parts->load_content(options); !done)
      return std::unexpected(std::move(done.error()));
    if (auto done = parts->make_service(options); !done)
      return std::unexpected(std::move(done.error()));
    if (auto done = parts->make_accounts(options); !done)
      return std::unexpected(std::move(done.error()));
    if (auto done = parts->open_server(options); !done)
      return std::unexpected(std::move(done.error()));
  } catch (const Failure<ServerError>& failure) {
    return std::unexpected(failure.error());  // the database failed under one of them
  }
  parts->describe(options);
  return std::unique_ptr<Simulator>(new Simulator(std::move(parts)));
}

Simulator::Simulator(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Simulator::~Simulator() = default;

ServerResult<void> Simulator::start() {
  parts_->server->start();
  return parts_->folder.write_ready(parts_->ready_line + "\n");
}

const std::string& Simulator::ready_line() const {
  return parts_->ready_line;
}

const Ports& Simulator::ports() const {
  return parts_->server->ports();
}

asio::awaitable<void> Simulator::stop() {
  parts_->folder.remove_ready();
  co_await parts_->server->stop();
}

std::vector<std::string> Simulator::pending() const {
  return parts_->server->pending();
}

}  // namespace ledgram::sim
