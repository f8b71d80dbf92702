#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/cli/date.hpp"
#include "ledgram/cli/terminal.hpp"
#include "ledgram/cli/text.hpp"
#include "ledgram/net/random.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

/// `ledgram deletions`: what is done with deletions that came in a wave and are held back.

namespace ledgram::app {
namespace {

std::string text_of(ledger::Ledger& ledger, ChannelId channel, MessageNumber number) {
  const auto posts = value_or_throw(ledger.posts({.channel = channel,
                                                  .below_number = MessageNumber(number.value() + 1),
                                                  .limit = 1,
                                                  .include = ledger::Include::PostsAndService}));
  return posts.empty() ? "" : cli::printable_line(posts.front().message.text);
}

void list_held(const std::filesystem::path& data, const std::string& name) {
  auto store = ReadOnlyData::open(data);
  const ledger::Channel channel = known_channel(store.ledger, name);
  std::vector<std::vector<std::string>> rows;
  for (const ledger::DeletionMark& mark : value_or_throw(store.ledger.held_deletions(channel.id))) {
    rows.push_back({std::to_string(mark.number.value()), cli::short_date(mark.at),
                    text_of(store.ledger, channel.id, mark.number)});
  }
  if (rows.empty()) {
    fmt::print("no deletions are held in @{}\n", channel.username);
    return;
  }
  fmt::print("{}", cli::table({"id", "deleted (UTC)", "text"}, rows, cli::terminal_width(cli::StreamKind::Output)));
}

}  // namespace

cli::ExitCode settle_deletions(const std::filesystem::path& data, const cli::DeletionsCommand& command) {
  if (command.action == cli::DeletionsAction::List) {
    list_held(data, command.channel);
    return cli::ExitCode::Done;
  }
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  const ledger::Channel channel = known_channel(store.ledger, command.channel);
  if (command.action == cli::DeletionsAction::Release) {
    const std::int64_t count = value_or_throw(store.ledger.release_deletions(channel.id));
    fmt::print("@{}: {} messages are deleted now\n", channel.username, count);
  } else {
    const std::int64_t count = value_or_throw(store.ledger.reject_deletions(channel.id));
    fmt::print("@{}: {} messages stay\n", channel.username, count);
  }
  return cli::ExitCode::Done;
}

}  // namespace ledgram::app
