#pragma once

/// A simulator in this process, served by a thread of its own, for the tests of the server.

#include "ledgram/crypto/rsa.hpp"
#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/sim_server/simulator.hpp"

#include <boost/json/value.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace ledgram::sim {

/// One synthetic channel with few posts; the ports are free ones.
Options small_options(const std::filesystem::path& data);

class TestSimulator {
 public:
  /// Throws if the simulator does not start.
  explicit TestSimulator(const Options& options);
  ~TestSimulator();
  TestSimulator(const TestSimulator&) = delete;
  TestSimulator& operator=(const TestSimulator&) = delete;

  /// Stops as SIGTERM does; harmless when repeated.
  void stop();

  [[nodiscard]] const Ports& ports() const { return simulator_->ports(); }
  [[nodiscard]] const std::string& ready_line() const { return simulator_->ready_line(); }
  [[nodiscard]] crypto::RsaPublicKey public_key() const;

  struct Http {
    unsigned status = 0;
    std::string text;
    [[nodiscard]] boost::json::value json() const;
  };
  /// One request to the control API. `extra_header` is "Name: value" or empty.
  [[nodiscard]] Http control(std::string_view method, std::string_view target, std::string_view body = {},
                             std::string_view extra_header = {}) const;

  /// POST that must succeed.
  boost::json::value post(std::string_view target, std::string_view body) const;

  /// Asks GET /status until `holds` agrees; fails the test if it never does.
  boost::json::value wait_for_status(const std::function<bool(const boost::json::object&)>& holds) const;

 private:
  asio::io_context context_{1};
  std::filesystem::path public_key_file_;
  std::unique_ptr<Simulator> simulator_;
  std::jthread thread_;
  bool stopped_ = false;
};

/// Transport to a DC's own port.
mtproto::TransportOptions direct(mtproto::TransportKind kind = mtproto::TransportKind::Intermediate,
                                 mtproto::Obfuscation obfuscation = mtproto::Obfuscation::None);

}  // namespace ledgram::sim
