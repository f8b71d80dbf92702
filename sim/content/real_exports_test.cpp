// Exports as they lie on disk: the demo content of this project, and real exports where they are at hand.

#include "ledgram/sim_content/chat_store.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace ledgram::sim {
namespace {

namespace json = boost::json;

std::vector<std::filesystem::path> exports_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(folder))
    return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json")
      files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

json::value read_json(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return json::parse(text.str());
}

/// Every message of the file is served with its id, date, text and views, and nothing else is.
void expect_equal(const std::filesystem::path& file) {
  SCOPED_TRACE(file);
  MemoryStateStore state;
  ChatStore chats(state);
  const auto added = chats.add_export(file);
  ASSERT_TRUE(added) << added.error().message;
  ASSERT_TRUE(chats.restore());
  const Channel& channel = *chats.find(file.stem().string());
  const auto document = read_json(file);
  const auto& messages = document.at("messages").as_array();
  ASSERT_EQ(channel.ids().size(), messages.size());
  Post scratch;
  for (const auto& message : messages) {
    const auto id = message.at("id").to_number<std::int32_t>();
    const Post* post = channel.find(id, scratch);
    ASSERT_NE(post, nullptr) << id;
    std::string text;
    for (const auto& part : message.at("text_entities").as_array())
      text += part.at("text").as_string();
    EXPECT_EQ(post->text, text) << id;
    EXPECT_EQ(std::to_string(post->date), std::string_view(message.at("date_unixtime").as_string())) << id;
    if (const auto* views = message.as_object().if_contains("views")) {
      EXPECT_EQ(post->views, views->to_number<std::int32_t>()) << id;
    }
  }
}

TEST(RealExports, DemoContentIsServedWhole) {
  const auto files = exports_in(LEDGRAM_DEMO_DIR);
  ASSERT_EQ(files.size(), 3U);
  for (const auto& file : files)
    expect_equal(file);
}

TEST(RealExports, DemoContentShowsEveryFeature) {
  std::size_t albums = 0;
  std::size_t edits = 0;
  std::size_t replies = 0;
  std::size_t services = 0;
  std::size_t gaps = 0;
  for (const auto& file : exports_in(LEDGRAM_DEMO_DIR)) {
    MemoryStateStore state;
    ChatStore chats(state);
    ASSERT_TRUE(chats.add_export(file));
    const Channel& channel = *chats.find(file.stem().string());
    gaps += static_cast<std::size_t>(channel.last_id()) - channel.ids().size();
    Post scratch;
    for (const auto id : channel.ids()) {
      const Post& post = *channel.find(id, scratch);
      if (post.grouped_id != 0)
        ++albums;
      if (post.edit_date != 0)
        ++edits;
      if (post.reply_to != 0 && post.action == nullptr)
        ++replies;
      if (post.action != nullptr)
        ++services;
      if (post.reply_to != 0) {
        EXPECT_NE(channel.date_of(post.reply_to), 0) << file << " " << id;
      }
    }
  }
  EXPECT_GE(albums, 10U);
  EXPECT_GE(edits, 5U);
  EXPECT_GE(replies, 10U);
  EXPECT_GE(services, 6U);
  EXPECT_GE(gaps, 10U);
}

TEST(RealExports, ExportsOfRealChannelsAreServedWhole) {
  const auto files = exports_in(LEDGRAM_SHARED_EXPORTS_DIR);
  if (files.empty())
    GTEST_SKIP() << "no exports in " << LEDGRAM_SHARED_EXPORTS_DIR;
  for (const auto& file : files)
    expect_equal(file);
}

}  // namespace
}  // namespace ledgram::sim
