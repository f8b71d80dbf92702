#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/post_json.hpp"
#include "ledgram/cli/date.hpp"
#include "ledgram/cli/terminal.hpp"
#include "ledgram/cli/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace ledgram::app {
namespace {

/// What a person sees of a post in one line.
std::string summary(const ledger::Post& post) {
  const ledger::Message& message = post.message;
  std::string text = cli::printable_line(message.text);
  if (post.deletion && post.deletion->state == ledger::DeletionState::Applied)
    text.insert(0, "[deleted] ");
  if (message.media_kind.empty() || message.media_kind == "webpage")
    return text;
  return text.empty() ? fmt::format("[{}]", message.media_kind) : fmt::format("[{}] {}", message.media_kind, text);
}

void print_table(ledger::Ledger& ledger, const ledger::PostFilter& filter) {
  std::vector<std::vector<std::string>> rows;
  for (const ledger::Post& post : value_or_throw(ledger.posts(filter))) {
    const ledger::Message& message = post.message;
    rows.push_back({cli::short_date(message.date), "@" + post.channel_username, std::to_string(message.number.value()),
                    message.views ? std::to_string(*message.views) : "", summary(post)});
  }
  if (rows.empty()) {
    fmt::print("no posts\n");
    return;
  }
  fmt::print("{}", cli::table({"date (UTC)", "channel", "id", "views", "text"}, rows,
                              cli::terminal_width(cli::StreamKind::Output)));
}

// `versions`: another connection to the ledger, because this one is busy with the posts; null: not wanted.
void print_jsonl(ledger::Ledger& ledger, const ledger::PostFilter& filter, ledger::Ledger* versions) {
  value_or_throw(ledger.posts(filter, [&](const ledger::Post& post) {
    boost::json::object object = post_json(post);
    if (filter.include_deleted == ledger::IncludeDeleted::Yes)
      add_deletion(object, post);
    if (versions != nullptr)
      add_versions(object, value_or_throw(versions->message_versions(post.message.channel, post.message.number)));
    const std::string line = boost::json::serialize(object) + '\n';
    const bool written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
    return written ? ledger::Visit::Continue : ledger::Visit::Stop;
  }));
}

ledger::Ledger open_again(const std::filesystem::path& data) {
  return value_or_throw(ledger::Ledger::open(ledger_path(data), {.mode = ledger::OpenMode::ReadOnly}));
}

std::string hole_list(const std::vector<ledger::IdRange>& holes) {
  // A person looks at the first few; the count says how many more there are.
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(holes.size(), kShown); ++i) {
    text += fmt::format("{}{}-{}", i == 0 ? "" : ", ", holes[i].first, holes[i].last);
  }
  if (holes.size() > kShown)
    text += fmt::format(" and {} more", holes.size() - kShown);
  return text;
}

std::string completeness(const ledger::ChannelReport& report) {
  std::string text = report.never_collected() ? "not collected yet"
                     : report.complete()      ? "complete"
                                              : hole_list(report.holes);
  if (report.recheck_ids > 0)
    text += fmt::format(" ({} ids to read again)", report.recheck_ids);
  if (report.held > 0)
    text += fmt::format("; {} deletions held", report.held);
  return text;
}

}  // namespace

cli::ExitCode show_posts(const std::filesystem::path& data, const cli::PostsCommand& command) {
  auto store = ReadOnlyData::open(data);
  std::optional<ledger::Ledger> versions_of;
  ledger::PostFilter filter;
  filter.since = command.since;
  filter.limit = command.limit;
  if (!command.channel.empty()) {
    filter.channel = known_channel(store.ledger, command.channel).id;
  }
  if (command.deleted)
    filter.include_deleted = ledger::IncludeDeleted::Yes;
  if (command.format == cli::OutputFormat::Jsonl) {
    print_jsonl(store.ledger, filter, command.versions ? &versions_of.emplace(open_again(data)) : nullptr);
  } else {
    print_table(store.ledger, filter);
  }
  return cli::ExitCode::Done;
}

cli::ExitCode verify(const std::filesystem::path& data, const cli::VerifyCommand& command) {
  auto store = ReadOnlyData::open(data);
  value_or_throw(store.ledger.check_integrity());
  std::vector<ledger::Channel> channels;
  if (command.channel.empty()) {
    channels = value_or_throw(store.ledger.channels());
    std::erase_if(channels, [](const auto& channel) { return channel.follow != ledger::FollowState::Followed; });
  } else {
    channels.push_back(followed_channel(store.ledger, command.channel));
  }
  std::vector<std::vector<std::string>> rows;
  bool complete = true;
  for (const ledger::Channel& channel : channels) {
    const ledger::ChannelReport report = value_or_throw(store.ledger.report(channel.id));
    complete = complete && report.complete();
    rows.push_back({"@" + channel.username, std::to_string(report.messages), std::to_string(report.known_ids),
                    std::to_string(report.newest_id), std::to_string(report.holes.size()), completeness(report)});
  }
  if (rows.empty()) {
    fmt::print("the ledger is sound; no channels are followed\n");
    return cli::ExitCode::Done;
  }
  fmt::print("{}", cli::table({"channel", "messages", "ids known", "last id", "holes", "state"}, rows,
                              cli::terminal_width(cli::StreamKind::Output)));
  if (complete)
    return cli::ExitCode::Done;
  fmt::print(stderr, "ledgram: not everything is complete; run `ledgram collect`\n");
  return cli::ExitCode::Failed;
}

}  // namespace ledgram::app
