/// ledgram-bench: what Ledgram costs, measured. Each figure in docs/benchmarks.md names the command here that shows it.

#include "ledgram/net/open_files.hpp"

#include "accounts_bench.hpp"
#include "collect_bench.hpp"
#include "download_bench.hpp"
#include "peers_bench.hpp"
#include "proof_commands.hpp"

#include <CLI/CLI.hpp>
#include <benchmark/benchmark.h>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using ledgram::bench::CollectOptions;
using ledgram::bench::CollectResult;
using ledgram::bench::DownloadOptions;
using ledgram::bench::DownloadResult;

void print(const CollectResult& result, bool json) {
  if (json) {
    const boost::json::object object{
        {"messages", result.messages},         {"cpu_us_per_message", result.cpu_us_per_message},
        {"wall_seconds", result.wall_seconds}, {"rss_mb", result.rss_mb},
        {"peak_rss_mb", result.peak_rss_mb},   {"rss_growth_mb", result.rss_growth_mb}};
    fmt::print("{}\n", boost::json::serialize(object));
    return;
  }
  fmt::print(
      "{} messages in {:.1f} s: {:.1f} us of CPU a message, {:.1f} MB resident at the end ({:.1f} at most), {:+.1f} MB "
      "since a quarter of the run\n",
      result.messages, result.wall_seconds, result.cpu_us_per_message, result.rss_mb, result.peak_rss_mb,
      result.rss_growth_mb);
}

void print(const ledgram::bench::AccountsResult& result, bool json) {
  if (json) {
    const boost::json::object object{{"accounts", result.accounts},
                                     {"kb_per_account", result.kb_per_account},
                                     {"connect_seconds", result.connect_seconds},
                                     {"stop_seconds", result.stop_seconds},
                                     {"rss_mb", result.rss_mb},
                                     {"login_seconds", result.login_seconds}};
    fmt::print("{}\n", boost::json::serialize(object));
    return;
  }
  fmt::print("{} accounts: {:.1f} KB each, connected in {:.2f} s, stopped in {:.2f} s, {:.1f} MB resident\n",
             result.accounts, result.kb_per_account, result.connect_seconds, result.stop_seconds, result.rss_mb);
}

void print(const DownloadResult& result, bool json) {
  if (json) {
    const boost::json::object object{{"bytes", result.bytes},
                                     {"wall_seconds", result.wall_seconds},
                                     {"cpu_seconds", result.cpu_seconds},
                                     {"mb_per_second", result.mb_per_second},
                                     {"mb_per_cpu_second", result.mb_per_cpu_second},
                                     {"simulator_cpu_seconds", result.simulator_cpu_seconds},
                                     {"rss_mb", result.rss_mb},
                                     {"peak_rss_mb", result.peak_rss_mb},
                                     {"rss_growth_mb", result.rss_growth_mb}};
    fmt::print("{}\n", boost::json::serialize(object));
    return;
  }
  fmt::print(
      "{} bytes in {:.1f} s ({:.0f} MB/s), {:.1f} s of CPU ({:.0f} MB a second of one core), {:.1f} MB resident at the "
      "end ({:.1f} at most), {:+.1f} MB since a quarter of the run\n",
      result.bytes, result.wall_seconds, result.mb_per_second, result.cpu_seconds, result.mb_per_cpu_second,
      result.rss_mb, result.peak_rss_mb, result.rss_growth_mb);
}

void print(const ledgram::bench::PeersResult& result, bool json) {
  const CollectResult& own = result.ledgram;
  if (json) {
    boost::json::array peers;
    for (const ledgram::bench::PeerResult& peer : result.peers) {
      boost::json::object object{{"name", peer.name}};
      if (peer.absent.empty()) {
        object["cpu_us_per_message"] = peer.cpu_us_per_message;
        object["peak_rss_mb"] = peer.peak_rss_mb;
        object["cpu_ratio"] = peer.cpu_us_per_message / own.cpu_us_per_message;
        object["rss_ratio"] = peer.peak_rss_mb / own.peak_rss_mb;
      } else {
        object["absent"] = peer.absent;
      }
      peers.push_back(std::move(object));
    }
    const boost::json::object ledgram{{"cpu_us_per_message", own.cpu_us_per_message}, {"peak_rss_mb", own.peak_rss_mb}};
    const boost::json::object whole{{"messages", own.messages}, {"ledgram", ledgram}, {"peers", std::move(peers)}};
    fmt::print("{}\n", boost::json::serialize(whole));
    return;
  }
  fmt::print("{} posts; in brackets: how many times what Ledgram uses\n", own.messages);
  fmt::print("{:<32} {:>8.1f} us of CPU a message, {:>8.1f} MB at most\n", "Ledgram, with its ledger",
             own.cpu_us_per_message, own.peak_rss_mb);
  for (const ledgram::bench::PeerResult& peer : result.peers) {
    if (!peer.absent.empty()) {
      fmt::print("{:<32} absent: {}\n", peer.name, peer.absent);
      continue;
    }
    fmt::print("{:<32} {:>8.1f} us ({:.1f}) {:>8.1f} MB ({:.1f})\n", peer.name, peer.cpu_us_per_message,
               peer.cpu_us_per_message / own.cpu_us_per_message, peer.peak_rss_mb, peer.peak_rss_mb / own.peak_rss_mb);
  }
}

int run_micro(const std::string& program, const std::string& filter) {
  std::vector<std::string> words{program};
  if (!filter.empty())
    words.push_back("--benchmark_filter=" + filter);
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  benchmark::Initialize(&argc, argv.data());
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ledgram::net::raise_open_file_limit();
  CLI::App app("Measures Ledgram; the simulator runs in a process of its own.", "ledgram-bench");
  app.require_subcommand(1);

  CollectOptions collect;
  bool json = false;
  std::error_code unknown;
  collect.programs = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
  CLI::App* collect_command = app.add_subcommand("collect", "Collect a channel of synthetic posts of about 750 bytes");
  collect_command->add_option("--posts", collect.posts, "How many posts the channel has")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  collect_command->add_option("--seed", collect.seed, "Seed of the content")->capture_default_str();
  collect_command->add_flag("--json", json, "Print one JSON object");

  ledgram::bench::AccountsOptions accounts;
  accounts.programs = collect.programs;
  CLI::App* accounts_command = app.add_subcommand("accounts", "Keep many idle accounts connected in one process");
  accounts_command->add_option("--count", accounts.count, "How many accounts")
      ->check(CLI::Range(1, 9999))
      ->capture_default_str();
  accounts_command->add_flag("--json", json, "Print one JSON object");

  ledgram::bench::PeersOptions peers;
  peers.programs = collect.programs;
  CLI::App* peers_command = app.add_subcommand("peers", "The same posts read by other Telegram libraries, in one run");
  peers_command->add_option("--posts", peers.posts, "How many posts the channel has")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  peers_command->add_flag("--json", json, "Print one JSON object");

  // The processes that `accounts` measures; an empty group keeps them out of the help.
  std::filesystem::path simulator;
  std::filesystem::path sessions;
  CLI::App* log_in_command = app.add_subcommand("log-in")->group("");
  CLI::App* connect_command = app.add_subcommand("connect")->group("");
  for (CLI::App* part : {log_in_command, connect_command}) {
    part->add_option("--simulator", simulator)->required();
    part->add_option("--sessions", sessions)->required();
  }
  log_in_command->add_option("--count", accounts.count)->required();

  DownloadOptions download;
  download.programs = collect.programs;
  CLI::App* download_command = app.add_subcommand("download", "Fetch one file of generated bytes");
  download_command->add_option("--size", download.size, "Its size in bytes")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  download_command->add_flag("--json", json, "Print one JSON object");

  std::string filter;
  CLI::App* micro = app.add_subcommand("micro", "Single functions: TL decoding, AES-IGE, message rows, ledger inserts");
  micro->add_option("--filter", filter, "Only the benchmarks whose names match this regular expression");

  ledgram::bench::ProofCommands proofs(app, collect.programs);

  CLI11_PARSE(app, argc, argv);
  try {
    if (const auto code = proofs.run())
      return *code;
    if (micro->parsed())
      return run_micro(argv[0], filter);
    if (log_in_command->parsed())
      ledgram::bench::log_accounts_in(simulator, sessions, accounts.count);
    else if (connect_command->parsed())
      ledgram::bench::connect_accounts(simulator, sessions);
    else if (accounts_command->parsed())
      print(ledgram::bench::accounts_bench(accounts), json);
    else if (download_command->parsed())
      print(ledgram::bench::download_bench(download), json);
    else if (peers_command->parsed())
      print(ledgram::bench::peers_bench(peers), json);
    else
      print(ledgram::bench::collect_bench(collect), json);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "ledgram-bench: {}\n", error.what());
    return 1;
  }
}
