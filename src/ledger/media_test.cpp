#include "ledgram/ledger/test_support.hpp"

namespace ledgram::ledger {
namespace {

constexpr ChannelId kAlpha{100};
constexpr ChannelId kBeta{200};

class MediaLedger : public testing::Test {
 protected:
  void post(ChannelId channel, std::int32_t number, std::string_view kind, UnixSeconds edited = 0) {
    Message message = text_message(channel, number, "with a file");
    message.media_kind = kind;
    message.edit_date = edited;
    Batch batch;
    batch.messages.push_back(std::move(message));
    must(ledger.commit(batch));
  }

  static MediaUse use_of(ChannelId channel, std::int32_t number, std::int64_t file, UnixSeconds edited = 0) {
    MediaFile held;
    held.kind = MediaKind::Document;
    held.file = file;
    held.size = 1000 + file;
    held.dc = DcId(4);
    return {channel, MessageNumber(number), edited, std::move(held)};
  }

  TemporaryFolder folder;
  Ledger ledger = ledger_with_channels(folder / "ledger.db");
};

TEST_F(MediaLedger, LooksAtEachMessageOnceAndAgainWhenItWasEdited) {
  post(kAlpha, 1, "photo");
  post(kAlpha, 2, "");
  post(kAlpha, 3, "video");
  post(kAlpha, 4, "poll");
  post(kAlpha, 5, "webpage");
  EXPECT_EQ(must(ledger.media_candidates(kAlpha, 10)).size(), 3U);
  must(ledger.add_media({use_of(kAlpha, 5, 15)}));
  EXPECT_EQ(must(ledger.media_candidates(kAlpha, 1)).size(), 1U);
  must(ledger.add_media({use_of(kAlpha, 1, 11), {kAlpha, MessageNumber(3), 0, std::nullopt}}));
  EXPECT_TRUE(must(ledger.media_candidates(kAlpha, 10)).empty());
  post(kAlpha, 1, "photo", 1'700'000'000);
  const auto again = must(ledger.media_candidates(kAlpha, 10));
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].number, MessageNumber(1));
}

TEST_F(MediaLedger, AFileOfTwoMessagesIsOne) {
  post(kAlpha, 1, "video");
  post(kAlpha, 2, "video");
  post(kBeta, 1, "video");
  must(ledger.add_media({use_of(kAlpha, 1, 11), use_of(kAlpha, 2, 11), use_of(kBeta, 1, 11)}));
  auto missing = must(ledger.missing_media(kAlpha, 0, 10));
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].number, MessageNumber(2));
  missing[0].state = MediaState::Stored;
  missing[0].sha256 = Bytes(32, 7);
  missing[0].dc = DcId(2);
  must(ledger.update_media(missing[0]));
  EXPECT_TRUE(must(ledger.missing_media(kAlpha, 0, 10)).empty());
  EXPECT_TRUE(must(ledger.missing_media(kBeta, 0, 10)).empty());
  EXPECT_EQ(must(ledger.media_summary(kBeta)).stored.files, 1);
  int seen = 0;
  must(ledger.media_files(kAlpha, [&](const MediaFile& file) {
    ++seen;
    EXPECT_EQ(file.sha256, Bytes(32, 7));
    EXPECT_EQ(file.dc, DcId(2));
    return Visit::Continue;
  }));
  EXPECT_EQ(seen, 1);
  // A further message with it changes nothing.
  post(kAlpha, 3, "video");
  must(ledger.add_media({use_of(kAlpha, 3, 11)}));
  EXPECT_TRUE(must(ledger.missing_media(kAlpha, 0, 10)).empty());
}

TEST_F(MediaLedger, RemembersFailures) {
  post(kAlpha, 1, "audio");
  must(ledger.add_media({use_of(kAlpha, 1, 11)}));
  MediaFile file = must(ledger.missing_media(kAlpha, 0, 10)).at(0);
  file.state = MediaState::Failed;
  file.attempts = 3;
  file.next_try = 99;
  file.reason = "no luck";
  must(ledger.update_media(file));
  const MediaFile read = must(ledger.missing_media(kAlpha, 0, 10)).at(0);
  EXPECT_EQ(read.state, MediaState::Failed);
  EXPECT_EQ(read.attempts, 3);
  EXPECT_EQ(read.next_try, 99);
  EXPECT_EQ(read.reason, "no luck");
  EXPECT_EQ(must(ledger.media_summary(kAlpha)).failed.bytes, 1011);
  EXPECT_TRUE(must(ledger.missing_media(kAlpha, read.id, 10)).empty());
  file.id = 12345;
  EXPECT_EQ(ledger.update_media(file).error().code, LedgerErrc::NotFound);
  EXPECT_EQ(must(ledger.raw_message(kAlpha, MessageNumber(1))), (Bytes{1, 2, 3, 1}));
  EXPECT_EQ(must(ledger.raw_message(kAlpha, MessageNumber(2))), std::nullopt);
}

}  // namespace
}  // namespace ledgram::ledger
