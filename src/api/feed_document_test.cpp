#include "ledgram/api/feed_document.hpp"

#include <gtest/gtest.h>

namespace ledgram::api {
namespace {

ledger::Post post(std::string text) {
  ledger::Post post;
  post.channel_username = "news";
  post.channel_title = "News & <more>";
  post.message.channel = ChannelId(100);
  post.message.number = MessageNumber(7);
  post.message.date = 1'700'000'000;
  post.message.text = std::move(text);
  return post;
}

TEST(FeedDocument, EscapesWhatXmlGivesAMeaning) {
  EXPECT_EQ(xml_escaped("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(xml_escaped("]]>"), "]]&gt;");
}

TEST(FeedDocument, LeavesOutWhatXmlCannotHold) {
  EXPECT_EQ(xml_escaped(std::string_view("a\0b\x01\x1f\tc\n", 8)), "ab\tc\n");
  EXPECT_EQ(xml_escaped("x\xef\xbf\xbe\xef\xbf\xbf"
                        "y"),
            "xy");
  EXPECT_EQ(xml_escaped("\xff"), "\xef\xbf\xbd");
}

TEST(FeedDocument, TextIsEscapedTwiceSinceItIsHtmlInXml) {
  const FeedDocument feed{.title = "T", .id = "urn:x", .link = "http://h/f", .posts = {post("<script>\n&")}};
  EXPECT_NE(rss_text(feed).find("<description>&amp;lt;script&amp;gt;&lt;br&gt;&amp;amp;</description>"),
            std::string::npos);
  EXPECT_NE(atom_text(feed).find("<content type=\"html\">&amp;lt;script&amp;gt;&lt;br&gt;&amp;amp;</content>"),
            std::string::npos);
  EXPECT_NE(rss_text(feed).find("<dc:creator>News &amp; &lt;more&gt;</dc:creator>"), std::string::npos);
}

TEST(FeedDocument, TitlesAreCutBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 150; ++i)
    text += "ї";
  const std::string rss = rss_text({.title = "T", .posts = {post(text)}});
  std::string expected = "<title>";
  for (int i = 0; i < 100; ++i)
    expected += "ї";
  EXPECT_NE(rss.find(expected + "…</title>"), std::string::npos);
  EXPECT_NE(rss_text({.title = "T", .posts = {post("")}}).find("<title>[post]</title>"), std::string::npos);
}

TEST(FeedDocument, TimesAreAsTheirFormatsWant) {
  ledger::Post edited = post("x");
  edited.message.edit_date = 1'700'003'600;
  const FeedDocument feed{.title = "T", .posts = {edited}};
  EXPECT_NE(rss_text(feed).find("<pubDate>Tue, 14 Nov 2023 22:13:20 GMT</pubDate>"), std::string::npos);
  EXPECT_NE(
      atom_text(feed).find("<published>2023-11-14T22:13:20Z</published>\n<updated>2023-11-14T23:13:20Z</updated>"),
      std::string::npos);
}

}  // namespace
}  // namespace ledgram::api
