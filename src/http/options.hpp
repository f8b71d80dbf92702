#pragma once

/// How the HTTP server behaves. Plain values; floor app fills them from the configuration.

#include "ledgram/base/clock.hpp"
#include "ledgram/http/networks.hpp"
#include "ledgram/http/request_reader.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::http {

struct Limits {
  ReadLimits read;
  nanoseconds header_time = std::chrono::seconds(10);   ///< from the first byte of a request to its last header
  nanoseconds body_time = std::chrono::seconds(30);     ///< from there to the end of its body
  nanoseconds idle_time = std::chrono::seconds(75);     ///< between two requests
  nanoseconds write_time = std::chrono::seconds(30);    ///< a client that takes nothing for so long is cut
  nanoseconds request_time = std::chrono::seconds(30);  ///< from the end of the request to its answer
  std::size_t requests_per_connection = 100'000;
  std::size_t connections = 20'000;
  std::size_t connections_per_address = 256;
  double requests_per_second = 100;  ///< of one address, with bursts of ten seconds' worth; 0: any number
  /// Whom the limits by address do not concern: a reverse proxy, programs on this machine.
  Networks unlimited = Networks::loopback();
};

struct TlsFiles {
  std::filesystem::path certificate;  ///< PEM, with its chain
  std::filesystem::path key;          ///< PEM
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8010;  ///< 0: any that is free
  std::optional<TlsFiles> tls;
  Networks trusted_proxies;  ///< whose X-Forwarded-For, -Proto and -Host are believed
  Limits limits;
  /// From stop() to the end of answers that are being made.
  nanoseconds stop_time = std::chrono::milliseconds(1500);
};

}  // namespace ledgram::http
