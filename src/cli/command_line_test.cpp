#include "ledgram/cli/command_line.hpp"

#include "ledgram/ledger/events.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace ledgram::cli {
namespace {

std::variant<Invocation, Reply> parse(std::initializer_list<const char*> words) {
  std::vector<const char*> argv{"ledgram"};
  argv.insert(argv.end(), words);
  return parse_command_line(static_cast<int>(argv.size()), argv.data(), 1'767'225'600);
}

template <class T>
T command(std::initializer_list<const char*> words) {
  auto parsed = parse(words);
  if (auto* reply = std::get_if<Reply>(&parsed)) {
    ADD_FAILURE() << reply->text;
    return T{};
  }
  return std::get<T>(std::move(std::get<Invocation>(parsed).command));
}

std::string refusal(std::initializer_list<const char*> words) {
  const auto parsed = parse(words);
  const auto* reply = std::get_if<Reply>(&parsed);
  if (reply == nullptr)
    return "accepted";
  EXPECT_EQ(reply->code, ExitCode::WrongUsage);
  return reply->text;
}

TEST(CommandLine, GlobalOptionsStandAnywhere) {
  for (const auto& words : {std::initializer_list<const char*>{"--data", "/d", "account", "list"},
                            std::initializer_list<const char*>{"account", "list", "--data", "/d"}}) {
    const auto parsed = parse(words);
    ASSERT_TRUE(std::holds_alternative<Invocation>(parsed));
    EXPECT_EQ(std::get<Invocation>(parsed).data, "/d");
  }
}

TEST(CommandLine, TheLogIsLeftToOthersUnlessItIsNamed) {
  const auto log = [](std::initializer_list<const char*> words) { return std::get<Invocation>(parse(words)).log; };
  const LogOptions silent = log({"account", "list"});
  EXPECT_FALSE(silent.levels.base || silent.format || silent.file);
  EXPECT_TRUE(silent.levels.modules.empty());
  const LogOptions given =
      log({"account", "list", "--log-level", "warn,net=trace", "--log-format", "json", "--log-file", "x.log"});
  EXPECT_EQ(given.levels.base, log::Level::Warning);
  ASSERT_EQ(given.levels.modules.size(), 1U);
  EXPECT_EQ(given.levels.modules[0].first, "net");
  EXPECT_EQ(given.format, log::Format::Json);
  EXPECT_EQ(given.file, "x.log");
  EXPECT_NE(refusal({"account", "list", "--log-level", "loud"}).find("--log-level: 'loud' is no log level"),
            std::string::npos);
  EXPECT_NE(refusal({"account", "list", "--log-format", "xml"}).find("--log-format"), std::string::npos);
}

TEST(CommandLine, InitNeedsTelegramOrASimulator) {
  EXPECT_NE(refusal({"init"}).find("--sim"), std::string::npos);
  EXPECT_NE(refusal({"init", "--api-id", "5"}).find("--api-hash"), std::string::npos);
  const auto init = command<InitCommand>({"init", "--api-id", "5", "--api-hash", "abc"});
  EXPECT_EQ(init.api_id, 5);
  EXPECT_EQ(init.api_hash.reveal(), "abc");
  EXPECT_EQ(init.overwrite, Overwrite::Refuse);
}

TEST(CommandLine, AccountAdd) {
  const auto add = command<AccountAddCommand>({"account", "add", "--phone", "+9996621234", "--code", "22222"});
  EXPECT_EQ(add.phone.reveal(), "+9996621234");
  EXPECT_EQ(add.code.reveal(), "22222");
  EXPECT_TRUE(add.password.empty());
  EXPECT_NE(refusal({"account", "add", "--phone", "+1", "--bot-token", "1:x"}), "accepted");
  EXPECT_NE(refusal({"account", "add", "--bot-token", "1:x", "--code", "1"}), "accepted");
}

TEST(CommandLine, AccountImportAndExport) {
  const auto import = command<AccountImportCommand>({"account", "import", "-"});
  EXPECT_EQ(import.source.reveal(), "-");
  EXPECT_EQ(import.format, SessionFormat::Auto);
  EXPECT_FALSE(import.only);
  const auto tdata = command<AccountImportCommand>(
      {"account", "import", "/t", "--format", "tdata", "--passcode", "p", "--only", "2", "--name", "n"});
  EXPECT_EQ(tdata.passcode.reveal(), "p");
  EXPECT_EQ(tdata.format, SessionFormat::Tdata);
  EXPECT_EQ(tdata.only, 2);
  EXPECT_EQ(tdata.name, "n");
  EXPECT_NE(refusal({"account", "import", "/t", "--format", "zip"}), "accepted");
  EXPECT_NE(refusal({"account", "import", "/t", "--only", "0"}), "accepted");
  EXPECT_NE(refusal({"account", "import"}), "accepted");
  const auto exported = command<AccountExportCommand>({"account", "export", "first", "--output", "/o", "--yes"});
  EXPECT_EQ(exported.name, "first");
  EXPECT_EQ(exported.output, "/o");
  EXPECT_EQ(exported.confirmation, Confirmation::Given);
  EXPECT_EQ(command<AccountExportCommand>({"account", "export", "first"}).confirmation, Confirmation::Ask);
}

TEST(CommandLine, AccountProxy) {
  EXPECT_EQ(command<AccountAddCommand>({"account", "add", "--proxy", "socks5://h:1"}).proxy.reveal(), "socks5://h:1");
  const auto set = command<AccountProxyCommand>({"account", "proxy", "me", "http://h:1"});
  EXPECT_EQ(set.name, "me");
  EXPECT_EQ(set.proxy.reveal(), "http://h:1");
  EXPECT_TRUE(command<AccountProxyCommand>({"account", "proxy", "me"}).proxy.empty());
  EXPECT_NE(refusal({"account", "proxy"}), "accepted");
}

TEST(CommandLine, ChannelsInEverySpelling) {
  const auto add = command<ChannelAddCommand>({"channel", "add", "@one_channel", "https://t.me/two_channel"});
  EXPECT_EQ(add.channels, (std::vector<std::string>{"one_channel", "two_channel"}));
  EXPECT_NE(refusal({"channel", "add", "https://t.me/+AbCdEf"}).find("not a channel name"), std::string::npos);
}

TEST(CommandLine, PostsOptions) {
  const auto posts = command<PostsCommand>({"posts", "@name1", "--since", "24h", "--limit", "5", "--format", "jsonl"});
  EXPECT_EQ(posts.channel, "name1");
  EXPECT_EQ(posts.since, 1'767'225'600 - 86'400);
  EXPECT_EQ(posts.limit, 5);
  EXPECT_EQ(posts.format, OutputFormat::Jsonl);
  EXPECT_FALSE(posts.deleted);
  EXPECT_TRUE(command<PostsCommand>({"posts", "--deleted"}).deleted);
  EXPECT_TRUE(command<PostsCommand>({"posts", "--versions"}).versions);
  EXPECT_NE(refusal({"posts", "--since", "soon"}).find("--since"), std::string::npos);
  EXPECT_NE(refusal({"posts", "--limit", "many"}).find("--limit"), std::string::npos);
  EXPECT_NE(refusal({"posts", "--limit", "-1"}).find("--limit"), std::string::npos);
}

TEST(CommandLine, Events) {
  const auto all = command<EventsCommand>({"events"});
  EXPECT_EQ(all.from, 1);
  EXPECT_EQ(all.limit, std::nullopt);
  EXPECT_EQ(all.type, "");
  EXPECT_EQ(all.follow, Follow::No);
  const auto some = command<EventsCommand>(
      {"events", "--from", "7", "--follow", "--limit", "3", "--type", "message.new", "--format", "jsonl"});
  EXPECT_EQ(some.from, 7);
  EXPECT_EQ(some.limit, 3);
  EXPECT_EQ(some.type, "message.new");
  EXPECT_EQ(some.follow, Follow::Yes);
  EXPECT_NE(refusal({"events", "--from", "0"}).find("--from"), std::string::npos);
  EXPECT_NE(refusal({"events", "--type", "message"}).find("--type"), std::string::npos);
}

// The command line has its own list of the types, because it shows them in its help.
TEST(CommandLine, KnowsEveryEventType) {
  for (std::uint8_t number = 1; number <= 7; ++number) {
    const std::string name(ledger::name_of(static_cast<ledger::EventType>(number)));
    EXPECT_EQ(command<EventsCommand>({"events", "--type", name.c_str()}).type, name);
  }
  EXPECT_EQ(ledger::name_of(static_cast<ledger::EventType>(8)), "unknown") << "a new type is missing here";
}

TEST(CommandLine, Deletions) {
  EXPECT_EQ(command<DeletionsCommand>({"deletions", "list", "@name1"}).channel, "name1");
  EXPECT_EQ(command<DeletionsCommand>({"deletions", "list", "@name1"}).action, DeletionsAction::List);
  EXPECT_EQ(command<DeletionsCommand>({"deletions", "release", "@name1"}).action, DeletionsAction::Release);
  EXPECT_EQ(command<DeletionsCommand>({"deletions", "reject", "@name1"}).action, DeletionsAction::Reject);
  EXPECT_NE(refusal({"deletions"}), "");
}

TEST(CommandLine, Doctor) {
  EXPECT_EQ(command<DoctorCommand>({"doctor"}).format, ReportFormat::Text);
  EXPECT_EQ(command<DoctorCommand>({"doctor", "--json"}).format, ReportFormat::Json);
}

TEST(CommandLine, RefusalsNameTheWord) {
  EXPECT_NE(refusal({"colect"}).find("colect"), std::string::npos);
}

TEST(CommandLine, HelpIsNoError) {
  const auto parsed = parse({"--help"});
  ASSERT_TRUE(std::holds_alternative<Reply>(parsed));
  EXPECT_EQ(std::get<Reply>(parsed).code, ExitCode::Done);
  EXPECT_NE(std::get<Reply>(parsed).text.find("collect"), std::string::npos);
}

TEST(CommandLine, ServeListensUnlessToldNotTo) {
  EXPECT_EQ(command<ServeCommand>({"serve"}).http, HttpInterface::On);
  EXPECT_EQ(command<ServeCommand>({"serve", "--no-http"}).http, HttpInterface::Off);
}

}  // namespace
}  // namespace ledgram::cli
