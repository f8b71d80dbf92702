#include "ledgram/sim_server/options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <system_error>

namespace ledgram::sim {

namespace fs = std::filesystem;

namespace {

constexpr int kWrongUsage = 2;

/// DCs plus the MTProxy port and the control port must fit below the end of the port numbers.
constexpr int kMaxDcs = 9;

constexpr const char* kDescription =
    "ledgram-sim: a simulated Telegram on this machine.\n"
    "It serves channels from Telegram Desktop exports, or generated ones, to any Telegram client that can be told its\n"
    "addresses and key. docs/ledgram-sim.md is the manual.";

constexpr const char* kExamples =
    "Examples:\n"
    "  ledgram-sim --data /tmp/tg --channel news.json --channel talk.json\n"
    "      Two chats, reachable as @news and @talk. When it is ready it prints one JSON line with its ports,\n"
    "      which also stands in /tmp/tg/ready.json.\n"
    "  ledgram-sim --data /tmp/tg --channel exports/\n"
    "      Every *.json of a folder.\n"
    "  ledgram-sim --data /tmp/tg --synthetic channels=2,posts=100000,seed=7 --port 4430\n"
    "      @synthetic1 and @synthetic2; DC 1 on port 4430, DC 2 on 4431, and so on.\n"
    "  ledgram-sim --data /tmp/tg --password 9996620001=secret --bot-token 123456:AAAA\n"
    "      An account with a two-step password and a bot.\n"
    "\n"
    "Accounts: any phone number 99966XYYYY (X is the DC) exists once it asks for a code; the code is X five times.\n"
    "SIGTERM or Ctrl-C stops it; started again on the same folder it is the same Telegram.\n";

/// A folder stands for the *.json files in it, in the order of their names.
std::string expand_channels(const std::vector<std::string>& given, std::vector<fs::path>& files) {
  for (const std::string& name : given) {
    const fs::path path(name);
    std::error_code problem;
    if (!fs::is_directory(path, problem)) {
      files.push_back(path);
      continue;
    }
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(path, problem)) {
      if (entry.path().extension() == ".json")
        found.push_back(entry.path());
    }
    if (problem)
      return fmt::format("--channel {}: cannot be read: {}", name, problem.message());
    if (found.empty())
      return fmt::format("--channel {}: there is no .json file in this folder", name);
    std::ranges::sort(found);
    files.insert(files.end(), found.begin(), found.end());
  }
  return {};
}

std::string split_password(const std::string& text, PasswordOption& into) {
  const std::size_t equals = text.find('=');
  // The text is not repeated in the error: it may hold the password.
  if (equals == std::string::npos || equals == 0)
    return "--password: expected PHONE=SECRET";
  into.phone = text.substr(0, equals);
  into.password = SecretText(text.substr(equals + 1));
  return {};
}

}  // namespace

std::variant<Options, ExitCode> parse_command_line(int argc, const char* const* argv) {
  Options options;
  std::string data;
  std::vector<std::string> channels;
  std::vector<std::string> schemas;
  std::string synthetic;
  std::vector<std::string> passwords;
  std::vector<std::string> bot_tokens;

  CLI::App app(kDescription, "ledgram-sim");
  app.footer(kExamples);
  app.add_option("--data", data, "Folder for keys, accounts and what is published; made if missing")
      ->required()
      ->type_name("DIR");
  app.add_option("--channel", channels,
                 "A chat: a Telegram Desktop export (result.json, one chat). The file's name without .json is its "
                 "username. May be repeated; a folder stands for its *.json files")
      ->type_name("FILE.json")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--synthetic", synthetic,
                 "Generated channels @synthetic1, @synthetic2, ...; always the same for the same seed")
      ->type_name("channels=N,posts=M,seed=S");
  app.add_option("--listen", options.listen, "Address for the DCs and the MTProxy port")
      ->capture_default_str()
      ->type_name("ADDRESS");
  app.add_option("--port", options.port,
                 "Port of DC 1; the next DCs, the MTProxy port and the control port follow it. 0: those of the last "
                 "run if they are free, else any")
      ->capture_default_str()
      ->type_name("PORT");
  app.add_option("--dcs", options.dcs, "Number of data centres")
      ->capture_default_str()
      ->check(CLI::Range(1, kMaxDcs))
      ->type_name("N");
  app.add_option("--max-connections", options.max_connections,
                 "Connections of clients at once; less if the process may not have as many files open")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000))
      ->type_name("N");
  app.add_option("--password", passwords, "Two-step password of an account; may be repeated")
      ->type_name("PHONE=SECRET")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--bot-token", bot_tokens, "A bot, as ID:SECRET; may be repeated")
      ->type_name("TOKEN")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--schema", schemas,
                 "TL text of a further API layer to speak, beside the built-in ones; may be repeated")
      ->type_name("FILE.tl")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  const std::map<std::string, log::Level> levels{{"trace", log::Level::Trace}, {"debug", log::Level::Debug},
                                                 {"info", log::Level::Info},   {"warning", log::Level::Warning},
                                                 {"error", log::Level::Error}, {"off", log::Level::Off}};
  app.add_option("--log-level", options.log_level, "How much is logged on stderr")
      ->transform(CLI::CheckedTransformer(levels, CLI::ignore_case).description(""))
      ->type_name("trace|debug|info|warning|error|off")
      ->default_str("warning");

  const auto wrong = [](const std::string& problem) {
    std::cerr << "ledgram-sim: " << problem << "\nRun with --help for the options.\n";
    return ExitCode{kWrongUsage};
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return ExitCode{0};
  } catch (const CLI::ParseError& error) {
    return wrong(error.what());
  }

  options.data = data;
  if (std::string problem = expand_channels(channels, options.channels); !problem.empty())
    return wrong(problem);
  options.schemas.assign(schemas.begin(), schemas.end());
  for (const std::string& text : passwords) {
    PasswordOption password;
    if (std::string problem = split_password(text, password); !problem.empty())
      return wrong(problem);
    options.passwords.push_back(std::move(password));
  }
  for (std::string& token : bot_tokens)
    options.bot_tokens.emplace_back(std::move(token));
  if (!synthetic.empty()) {
    auto parsed = parse_synthetic_options(synthetic);
    if (!parsed)
      return wrong("--synthetic: " + parsed.error().message);
    options.synthetic = *parsed;
  }
  if (options.port != 0 && options.port + options.dcs + 1 > 65535) {
    return wrong(fmt::format("--port {}: {} ports are needed from there on", options.port, options.dcs + 2));
  }
  return options;
}

}  // namespace ledgram::sim
