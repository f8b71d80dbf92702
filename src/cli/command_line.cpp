#include "ledgram/cli/command_line.hpp"

#include "ledgram/cli/date.hpp"
#include "ledgram/cli/size.hpp"
#include "ledgram/cli/version.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace ledgram::cli {
namespace {

constexpr const char* kDescription =
    "Ledgram keeps a ledger of everything your Telegram accounts can see: it logs in,\n"
    "collects channels completely and stores each message exactly once.";

constexpr const char* kFooter =
    "First steps:\n"
    "  ledgram init --api-id N --api-hash H       your values from my.telegram.org\n"
    "  ledgram account add --phone +380...        asks for the code that Telegram sends\n"
    "  ledgram account add --qr                   or shows a code for your phone to scan\n"
    "  ledgram channel add @name\n"
    "  ledgram collect\n"
    "  ledgram posts --limit 50\n"
    "\n"
    "Without Telegram: start ledgram-sim --data SIM and use `ledgram init --sim SIM`.\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.";

std::filesystem::path default_data_folder() {
  if (const char* base = std::getenv("XDG_DATA_HOME"); base != nullptr && *base == '/') {
    return std::filesystem::path(base) / "ledgram";
  }
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : ".") / ".local/share/ledgram";
}

const CLI::Validator& channel_validator() {
  static const CLI::Validator validator(
      [](std::string& text) -> std::string {
        auto name = channel_name(text);
        if (!name)
          return fmt::format("'{}' is not a channel name; use @name or https://t.me/name", text);
        text = std::move(*name);
        return {};
      },
      "@NAME");
  return validator;
}

/// What the options are bound to while CLI11 parses. Secrets pass through plain strings here because CLI11 wants them.
struct Draft {
  std::string data;
  std::string log_level, log_format, log_file;
  std::string simulator, api_hash;
  std::int32_t api_id = 0;
  bool force = false;
  AccountAddCommand account_add;
  AccountImportCommand account_import;
  std::string source, passcode, session_format = "auto";
  AccountExportCommand account_export;
  bool yes = false;
  std::string phone, code, password, bot_token, email, email_code, proxy;
  bool qr = false;
  AccountRemoveCommand account_remove;
  AccountProxyCommand account_proxy;
  bool log_out = false;
  ChannelAddCommand channel_add;
  ChannelRemoveCommand channel_remove;
  CollectCommand collect;
  bool json = false;
  bool no_http = false;
  bool doctor_json = false;
  PostsCommand posts;
  std::string since, format = "table";
  EventsCommand events;
  bool follow = false;
  std::string events_format = "jsonl";
  DeletionsCommand deletions;
  VerifyCommand verify;
  MediaFetchCommand media_fetch;
  bool retry = false;
  MediaListCommand media_list;
  std::string max_size;
};

SecretText take(std::string& text) {
  SecretText secret{std::string(text)};
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return secret;
}

void add_init(CLI::App& app, Draft& draft) {
  CLI::App* init = app.add_subcommand("init", "Write the configuration DIR/ledgram.toml (mode 0600)");
  auto* sim = init->add_option("--sim", draft.simulator, "Talk to the simulator whose data folder this is")
                  ->type_name("DIR")
                  ->check(CLI::ExistingDirectory);
  auto* id = init->add_option("--api-id", draft.api_id, "api_id of your application, from my.telegram.org")
                 ->type_name("N")
                 ->check(CLI::PositiveNumber);
  auto* hash = init->add_option("--api-hash", draft.api_hash, "api_hash of your application")->type_name("H");
  id->needs(hash);
  hash->needs(id);
  sim->excludes(id);
  init->add_flag("--force", draft.force, "Replace a configuration that is already there");
}

void add_import_and_export(CLI::App& account, Draft& draft) {
  CLI::App* from = account.add_subcommand(
      "import", "Take over a session of Telethon, Pyrogram or Telegram Desktop, so that nobody has to log in again");
  from->add_option("file", draft.source,
                   "Session file, tdata folder, file with a session string, or - for standard input")
      ->required()
      ->type_name("FILE|-");
  from->add_option("--name", draft.account_import.name, "How the account is called here (default: its number)")
      ->type_name("NAME");
  from->add_option("--proxy", draft.proxy, "What this account connects through; as in `account proxy`")
      ->type_name("URL");
  from->add_option("--passcode", draft.passcode, "Local passcode of Telegram Desktop")->type_name("P");
  from->add_option("--format", draft.session_format, "What FILE is")
      ->check(CLI::IsMember({"auto", "telethon", "pyrogram", "tdata"}))
      ->capture_default_str();
  from->add_option("--only", draft.account_import.only, "Only the Nth account of a tdata folder (default: all)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  CLI::App* to = account.add_subcommand("export", "Write an account's session as a Telethon string session");
  to->add_option("name", draft.account_export.name, "The account")->required()->type_name("NAME");
  to->add_option("--output", draft.account_export.output, "Write to a new file (mode 0600), not to standard output")
      ->type_name("FILE");
  to->add_flag("--yes", draft.yes, "Do not ask; needed where there is no terminal");
}

void add_account(CLI::App& app, Draft& draft) {
  CLI::App* account = app.add_subcommand("account", "Log accounts in and out");
  account->require_subcommand(1);
  CLI::App* add = account->add_subcommand("add", "Log an account in; asks on the terminal for what is not given");
  auto* phone = add->add_option("--phone", draft.phone, "Phone number in international form")->type_name("+NUMBER");
  auto* token =
      add->add_option("--bot-token", draft.bot_token, "Log a bot in with its token from @BotFather")->type_name("T");
  auto* qr = add->add_flag("--qr", draft.qr, "Show a QR code, to be scanned by Telegram on a phone that is logged in");
  phone->excludes(token);
  qr->excludes(phone);
  qr->excludes(token);
  add->add_option("--code", draft.code, "Login code that Telegram sent")->type_name("C")->needs(phone);
  add->add_option("--password", draft.password, "Two-step verification password")->type_name("P")->excludes(token);
  add->add_option("--email", draft.email, "E-mail address for login codes, if Telegram asks for one")
      ->type_name("ADDRESS")
      ->needs(phone);
  add->add_option("--email-code", draft.email_code, "Code that Telegram sent to that address")
      ->type_name("C")
      ->needs(phone);
  add->add_option("--name", draft.account_add.name, "How the account is called here (default: its number)")
      ->type_name("NAME");
  add->add_option("--proxy", draft.proxy, "What this account connects through; as in `account proxy`")
      ->type_name("URL");
  add_import_and_export(*account, draft);
  account->add_subcommand("list", "Show the accounts");
  CLI::App* remove = account->add_subcommand("remove", "Forget an account; what it collected stays");
  remove->add_option("name", draft.account_remove.name, "The account")->required()->type_name("NAME");
  remove->add_flag("--log-out", draft.log_out, "Also end its session at Telegram");
  CLI::App* proxy = account->add_subcommand("proxy", "Show or choose what an account connects through");
  proxy->add_option("name", draft.account_proxy.name, "The account")->required()->type_name("NAME");
  proxy
      ->add_option("url", draft.proxy,
                   "socks5://[user:password@]host:port, http://[user:password@]host:port, a tg://proxy link, "
                   "'none' (never a proxy) or 'default' (as ledgram.toml says)")
      ->type_name("URL");
}

void add_channel(CLI::App& app, Draft& draft) {
  CLI::App* channel = app.add_subcommand("channel", "Choose the channels to collect");
  channel->require_subcommand(1);
  CLI::App* add = channel->add_subcommand("add", "Follow one or more channels");
  add->add_option("channels", draft.channel_add.channels, "The channels")->required()->transform(channel_validator());
  add->add_option("--account", draft.channel_add.account, "The account that collects them (default: the only one)")
      ->type_name("NAME");
  channel->add_subcommand("list", "Show the channels and how complete they are");
  CLI::App* remove = channel->add_subcommand("remove", "Stop following a channel; its posts stay");
  remove->add_option("channel", draft.channel_remove.channel, "The channel")
      ->required()
      ->transform(channel_validator());
}

void add_reading(CLI::App& app, Draft& draft) {
  CLI::App* collect = app.add_subcommand("collect", "Bring channels up to date; goes on where it was interrupted");
  collect->add_option("channels", draft.collect.channels, "Only these (default: all that are followed)")
      ->transform(channel_validator());
  collect->add_flag("--json", draft.json, "One JSON object a line; the last has channels, posts_added and seconds");

  app.add_subcommand(
         "serve",
         "Keep every account connected and follow channels live, until SIGTERM or Ctrl-C; what was missed "
         "meanwhile is fetched first. Listens for HTTP on 127.0.0.1:8010, or as [http] of ledgram.toml says")
      ->add_flag("--no-http", draft.no_http, "Without the HTTP interface");

  CLI::App* posts = app.add_subcommand("posts", "Show posts from the ledger, newest first");
  posts->add_option("channel", draft.posts.channel, "Only this channel")->transform(channel_validator());
  posts
      ->add_option("--since", draft.since,
                   "Only posts from this moment on: 2026-01-31, 2026-01-31T12:00, 24h, 7d (UTC)")
      ->type_name("DATE");
  posts->add_option("--limit", draft.posts.limit, "At most so many posts")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  posts->add_option("--format", draft.format, "How to write them")
      ->check(CLI::IsMember({"table", "jsonl"}))
      ->capture_default_str();
  posts->add_flag("--deleted", draft.posts.deleted, "Deleted posts, too; they stay in the ledger");
  posts->add_flag("--versions", draft.posts.versions, "With what posts were before they were edited (jsonl)");

  CLI::App* verify = app.add_subcommand("verify", "Check the ledger: what is complete, where there are holes");
  verify->add_option("channel", draft.verify.channel, "Only this channel")->transform(channel_validator());

  CLI::App* doctor = app.add_subcommand("doctor", "Check configuration, ledger, accounts, proxies and data centres");
  doctor->add_flag("--json", draft.doctor_json, "One JSON object with findings, warnings and problems");
}

void add_log(CLI::App& app, Draft& draft) {
  CLI::App* events = app.add_subcommand("events", "Show what happened, as JSON lines, in the order of the ledger");
  events->add_option("--from", draft.events.from, "First number to show")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  events->add_flag("--follow", draft.follow, "Go on with what happens from now on, until interrupted");
  events->add_option("--limit", draft.events.limit, "At most so many")->type_name("N")->check(CLI::NonNegativeNumber);
  events->add_option("--type", draft.events.type, "Only these")
      ->check(CLI::IsMember({"message.new", "message.edited", "message.deleted", "channel.updated", "account.state",
                             "hole.opened", "hole.closed"}));
  events->add_option("--format", draft.events_format, "How to write them")
      ->check(CLI::IsMember({"jsonl"}))
      ->capture_default_str();

  CLI::App* deletions =
      app.add_subcommand("deletions", "Deletions that are held back because too many came in a minute");
  deletions->require_subcommand(1);
  for (const auto& [name, help] : {std::pair{"list", "Show them"}, std::pair{"release", "Carry them out"},
                                   std::pair{"reject", "Keep the messages"}}) {
    deletions->add_subcommand(name, help)
        ->add_option("channel", draft.deletions.channel, "The channel")
        ->required()
        ->transform(channel_validator());
  }
}

void add_media(CLI::App& app, Draft& draft) {
  CLI::App* media = app.add_subcommand("media", "Fetch the photos and files of a channel's posts");
  media->require_subcommand(1);
  CLI::App* fetch =
      media->add_subcommand("fetch", "Fetch what is missing into DIR/media; goes on where it was stopped");
  fetch->add_option("channel", draft.media_fetch.channel, "The channel")->required()->transform(channel_validator());
  fetch->add_option("--max-size", draft.max_size, "Leave larger files out: 500K, 20M, 1.5G, or bytes")->type_name("N");
  fetch->add_flag("--retry", draft.retry, "Try files that failed at once, not when their time comes");
  fetch->add_flag("--json", draft.json, "One JSON object a line; the last has files, bytes, failed and seconds");
  CLI::App* list = media->add_subcommand("list", "Show the files of a channel's posts and where they lie");
  list->add_option("channel", draft.media_list.channel, "The channel")->required()->transform(channel_validator());
  list->add_option("--format", draft.format, "How to write them")
      ->check(CLI::IsMember({"table", "jsonl"}))
      ->capture_default_str();
}

/// Throws CLI::ValidationError.
LogOptions log_options(const Draft& draft) {
  LogOptions log;
  if (!draft.log_level.empty()) {
    auto spec = log::parse_level_spec(draft.log_level);
    if (!spec)
      throw CLI::ValidationError("--log-level", spec.error());
    log.levels = std::move(*spec);
  }
  if (!draft.log_format.empty())
    log.format = draft.log_format == "json" ? log::Format::Json : log::Format::Text;
  if (!draft.log_file.empty())
    log.file = draft.log_file;
  return log;
}

SessionFormat session_format_named(const std::string& name) {
  if (name == "telethon")
    return SessionFormat::Telethon;
  if (name == "pyrogram")
    return SessionFormat::Pyrogram;
  if (name == "tdata")
    return SessionFormat::Tdata;
  return SessionFormat::Auto;
}

Command account_command(const CLI::App& account, Draft& draft) {
  if (account.got_subcommand("add")) {
    draft.account_add.phone = take(draft.phone);
    draft.account_add.code = take(draft.code);
    draft.account_add.password = take(draft.password);
    draft.account_add.bot_token = take(draft.bot_token);
    draft.account_add.proxy = take(draft.proxy);
    draft.account_add.email = take(draft.email);
    draft.account_add.email_code = take(draft.email_code);
    draft.account_add.way = draft.qr ? LoginWay::Qr : LoginWay::Phone;
    return std::move(draft.account_add);
  }
  if (account.got_subcommand("import")) {
    draft.account_import.source = take(draft.source);
    draft.account_import.passcode = take(draft.passcode);
    draft.account_import.proxy = take(draft.proxy);
    draft.account_import.format = session_format_named(draft.session_format);
    return std::move(draft.account_import);
  }
  if (account.got_subcommand("export")) {
    draft.account_export.confirmation = draft.yes ? Confirmation::Given : Confirmation::Ask;
    return std::move(draft.account_export);
  }
  if (account.got_subcommand("list"))
    return AccountListCommand{};
  if (account.got_subcommand("proxy")) {
    draft.account_proxy.proxy = take(draft.proxy);
    return std::move(draft.account_proxy);
  }
  draft.account_remove.log_out = draft.log_out ? LogOut::Yes : LogOut::No;
  return std::move(draft.account_remove);
}

Command channel_command(const CLI::App& channel, Draft& draft) {
  if (channel.got_subcommand("add"))
    return std::move(draft.channel_add);
  if (channel.got_subcommand("list"))
    return ChannelListCommand{};
  return std::move(draft.channel_remove);
}

Command media_command(const CLI::App& media, Draft& draft) {
  if (media.got_subcommand("list")) {
    draft.media_list.format = draft.format == "jsonl" ? OutputFormat::Jsonl : OutputFormat::Table;
    return std::move(draft.media_list);
  }
  if (!draft.max_size.empty()) {
    draft.media_fetch.max_size = parse_size(draft.max_size);
    if (!draft.media_fetch.max_size) {
      throw CLI::ValidationError("--max-size",
                                 fmt::format("'{}' is not a size; use 500K, 20M, 1.5G, or bytes", draft.max_size));
    }
  }
  draft.media_fetch.retry = draft.retry ? RetryNow::Yes : RetryNow::No;
  draft.media_fetch.format = draft.json ? ReportFormat::Json : ReportFormat::Text;
  return std::move(draft.media_fetch);
}

/// Throws CLI::ValidationError for what CLI11 could not check.
Command command_from(const CLI::App& app, Draft& draft, std::int64_t now) {
  if (app.got_subcommand("init")) {
    InitCommand init;
    if (draft.simulator.empty() && draft.api_id == 0) {
      throw CLI::ValidationError("init", "give --api-id and --api-hash (from my.telegram.org), or --sim DIR");
    }
    if (!draft.simulator.empty())
      init.simulator = draft.simulator;
    if (draft.api_id != 0)
      init.api_id = draft.api_id;
    init.api_hash = take(draft.api_hash);
    init.overwrite = draft.force ? Overwrite::Allow : Overwrite::Refuse;
    return init;
  }
  if (app.got_subcommand("account"))
    return account_command(*app.get_subcommand("account"), draft);
  if (app.got_subcommand("channel"))
    return channel_command(*app.get_subcommand("channel"), draft);
  if (app.got_subcommand("collect")) {
    draft.collect.format = draft.json ? ReportFormat::Json : ReportFormat::Text;
    return std::move(draft.collect);
  }
  if (app.got_subcommand("serve"))
    return ServeCommand{draft.no_http ? HttpInterface::Off : HttpInterface::On};
  if (app.got_subcommand("doctor"))
    return DoctorCommand{.format = draft.doctor_json ? ReportFormat::Json : ReportFormat::Text};
  if (app.got_subcommand("media"))
    return media_command(*app.get_subcommand("media"), draft);
  if (app.got_subcommand("events")) {
    draft.events.follow = draft.follow ? Follow::Yes : Follow::No;
    return std::move(draft.events);
  }
  if (app.got_subcommand("deletions")) {
    const CLI::App* deletions = app.get_subcommand("deletions");
    draft.deletions.action = deletions->got_subcommand("list")      ? DeletionsAction::List
                             : deletions->got_subcommand("release") ? DeletionsAction::Release
                                                                    : DeletionsAction::Reject;
    return std::move(draft.deletions);
  }
  if (app.got_subcommand("posts")) {
    if (!draft.since.empty()) {
      draft.posts.since = parse_date(draft.since, now);
      if (!draft.posts.since) {
        throw CLI::ValidationError(
            "--since", fmt::format("'{}' is not a date; use 2026-01-31, 2026-01-31T12:00, 24h or 7d", draft.since));
      }
    }
    draft.posts.format = draft.format == "jsonl" ? OutputFormat::Jsonl : OutputFormat::Table;
    return std::move(draft.posts);
  }
  return std::move(draft.verify);
}

/// CLI11 says "a subcommand is required" where somebody mistyped one; naming the word helps more.
std::string complaint(const CLI::App& app, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr)
    return error.what();
  const std::vector<std::string> unknown = app.remaining(true);
  return unknown.empty() ? error.what() : fmt::format("'{}' is not a command", unknown.front());
}

}  // namespace

std::optional<std::string> channel_name(std::string_view text) {
  for (const std::string_view prefix : {"https://", "http://", "t.me/", "telegram.me/", "@"}) {
    if (text.starts_with(prefix))
      text.remove_prefix(prefix.size());
  }
  // Ordinary names have 5 characters; some that were sold have 4, old ones 3.
  constexpr std::size_t kShortest = 3;
  constexpr std::size_t kLongest = 32;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (text.size() < kShortest || text.size() > kLongest || !std::ranges::all_of(text, allowed))
    return std::nullopt;
  return std::string(text);
}

std::variant<Invocation, Reply> parse_command_line(int argc, const char* const* argv, std::int64_t now) {
  CLI::App app(kDescription, "ledgram");
  Draft draft;
  draft.data = default_data_folder().string();
  app.set_version_flag("--version", std::string("ledgram ") + std::string(kVersion));
  app.add_option("--data", draft.data, "Folder of the configuration and the ledger")
      ->type_name("DIR")
      ->envname("LEDGRAM_DATA")
      ->capture_default_str();
  app.add_option("--log-level", draft.log_level,
                 "What to log: trace, debug, info, warning, error or off; other levels for single modules as in\n"
                 "warning,telegram=debug")
      ->type_name("LEVELS");
  app.add_option("--log-format", draft.log_format, "How to log")->check(CLI::IsMember({"text", "json"}));
  app.add_option("--log-file", draft.log_file, "Log into this file instead of standard error")->type_name("PATH");
  app.require_subcommand(1);
  app.fallthrough();
  add_init(app, draft);
  add_account(app, draft);
  add_channel(app, draft);
  add_reading(app, draft);
  add_log(app, draft);
  add_media(app, draft);
  // After the subcommands, which would inherit it.
  app.footer(kFooter);

  try {
    app.parse(argc, argv);
    Invocation invocation;
    invocation.command = command_from(app, draft, now);
    invocation.data = draft.data;
    invocation.log = log_options(draft);
    return invocation;
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream errors;
    if (app.exit(error, out, errors) == 0)
      return Reply{ExitCode::Done, out.str()};
    return Reply{ExitCode::WrongUsage,
                 fmt::format("ledgram: {}\nRun `ledgram --help` to see what there is.\n", complaint(app, error))};
  }
}

}  // namespace ledgram::cli
