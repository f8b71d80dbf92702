#include "ledgram/sim_content/synthetic.hpp"

#include "ledgram/sim_content/text.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace ledgram::sim {
namespace {

TEST(Synthetic, ReadsItsOptions) {
  const auto options = parse_synthetic_options("channels=3,posts=500,seed=42");
  ASSERT_TRUE(options);
  EXPECT_EQ(options->channels, 3);
  EXPECT_EQ(options->posts, 500);
  EXPECT_EQ(options->seed, 42U);
  EXPECT_TRUE(parse_synthetic_options("posts=5"));
  for (const auto* bad :
       {"posts", "posts=", "posts=x", "posts=-1", "rows=5", "channels=1,,posts=2", "posts=1000000000"}) {
    const auto refused = parse_synthetic_options(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_NE(refused.error().message.find("channels=N,posts=M,seed=S"), std::string::npos);
  }
}

TEST(Synthetic, HasTheWantedNumberOfPostsWithGapsBetween) {
  const auto channel = make_synthetic_channel({.channels = 1, .posts = 20'000, .seed = 7}, 1);
  EXPECT_EQ(channel->info().username, "synthetic1");
  ASSERT_EQ(channel->ids().size(), 20'000U);
  const double gaps = static_cast<double>(channel->last_id() - 20'000) / channel->last_id();
  EXPECT_NEAR(gaps, 0.05, 0.01);
}

TEST(Synthetic, PostsAreRealistic) {
  const auto channel = make_synthetic_channel({.channels = 1, .posts = 3'000, .seed = 7}, 1);
  std::size_t bytes = 0;
  std::size_t edited = 0;
  std::size_t entities = 0;
  std::int32_t before = 0;
  std::set<std::string> texts;
  Post scratch;
  for (const auto id : channel->ids()) {
    const Post& post = *channel->find(id, scratch);
    EXPECT_EQ(post.id, id);
    EXPECT_GE(post.date, before);
    EXPECT_EQ(post.date, channel->date_of(id));
    before = post.date;
    EXPECT_TRUE(is_utf8(post.text));
    EXPECT_LE(character_count(post.text), 4096U);
    EXPECT_GT(post.views, 0);
    if (post.edit_date != 0) {
      ++edited;
      EXPECT_GT(post.edit_date, post.date);
    }
    std::int32_t end = 0;
    for (const auto& entity : post.entities) {
      EXPECT_GE(entity.offset, end);
      end = entity.offset + entity.length;
      const auto marked = utf16_slice(post.text, entity.offset, entity.length);
      if (entity.kind == EntityKind::Hashtag) {
        EXPECT_TRUE(marked.starts_with('#')) << marked;
      }
      if (entity.kind == EntityKind::Url) {
        EXPECT_TRUE(marked.starts_with("https://")) << marked;
      }
    }
    EXPECT_LE(end, utf16_length(post.text));
    entities += post.entities.size();
    bytes += post.text.size();
    texts.insert(post.text);
  }
  EXPECT_NEAR(static_cast<double>(bytes) / 3'000, 750, 75);
  EXPECT_GT(edited, 100U);
  EXPECT_GT(entities, 6'000U);
  EXPECT_EQ(texts.size(), 3'000U) << "no two posts are equal";
}

TEST(Synthetic, TheSeedAloneDecides) {
  const SyntheticOptions options{.channels = 2, .posts = 100, .seed = 5};
  const auto a = make_synthetic_channel(options, 1);
  const auto b = make_synthetic_channel(options, 1);
  const auto other_channel = make_synthetic_channel(options, 2);
  const auto other_seed = make_synthetic_channel({.channels = 2, .posts = 100, .seed = 6}, 1);
  ASSERT_EQ(a->ids(), b->ids());
  Post one;
  Post two;
  // Read in opposite orders, so that nothing can hang over from one message to the next.
  std::map<std::int32_t, Post> reversed;
  for (auto it = b->ids().rbegin(); it != b->ids().rend(); ++it)
    reversed[*it] = *b->find(*it, two);
  for (const auto id : a->ids()) {
    const Post& post = *a->find(id, one);
    EXPECT_EQ(post.text, reversed[id].text);
    EXPECT_EQ(post.entities, reversed[id].entities);
    EXPECT_EQ(post.views, reversed[id].views);
    EXPECT_EQ(post.reply_to, reversed[id].reply_to);
  }
  EXPECT_NE(a->id(), other_channel->id());
  EXPECT_NE(a->ids(), other_channel->ids());
  EXPECT_NE(a->ids(), other_seed->ids());
}

}  // namespace
}  // namespace ledgram::sim
