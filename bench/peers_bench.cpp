#include "peers_bench.hpp"

#include "process.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace ledgram::bench {
namespace {

namespace json = boost::json;

PeerResult read_with(const std::string& peer, const PeersOptions& options) {
  const std::string script = LEDGRAM_SOURCE_DIR "/bench/peers/history.py";
  Process process({"/usr/bin/env", "python3", "-B", script, peer, "--posts", std::to_string(options.posts)});
  const std::string line = process.read_line();
  if (process.wait().exit_code != 0)
    throw std::runtime_error("bench/peers/history.py " + peer + " failed");
  const json::object answer = json::parse(line).as_object();
  PeerResult result;
  result.name = std::string(answer.at("name").as_string());
  if (const json::value* absent = answer.if_contains("absent")) {
    result.absent = std::string(absent->as_string());
    return result;
  }
  result.cpu_us_per_message = answer.at("cpu_us_per_message").to_number<double>();
  result.peak_rss_mb = answer.at("peak_rss_mb").to_number<double>();
  return result;
}

}  // namespace

PeersResult peers_bench(const PeersOptions& options) {
  setenv("LEDGRAM_BIN", options.programs.c_str(), 1);
  PeersResult result;
  result.ledgram = collect_bench({.programs = options.programs, .posts = options.posts});
  for (const char* peer : {"tdlib", "gotd", "mtcute", "telethon", "pyrofork"})
    result.peers.push_back(read_with(peer, options));
  return result;
}

}  // namespace ledgram::bench
