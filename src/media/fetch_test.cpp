// The files of a channel: which are fetched, what becomes of each, and what a later run does.

#include "ledgram/media/fetch.hpp"

#include "ledgram/base/random.hpp"
#include "ledgram/collect/test_support.hpp"
#include "ledgram/ledger/test_support.hpp"
#include "ledgram/media/test_support/fake_files.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace ledgram::media {
namespace {

constexpr ChannelId kChannel{100};

struct Recorder final : FetchListener {
  void on_progress(const FetchProgress& progress) override { last = progress; }
  void on_slowed_down(std::chrono::seconds) override { ++slowed; }
  void on_file_failed(const ledger::MediaFile& file) override { failures.push_back(file.reason); }

  FetchProgress last;
  int slowed = 0;
  std::vector<std::string> failures;
};

struct FetchTest : testing::Test {
  FetchTest() {
    ledger::Ledger opened = ledger::ledger_with_channels(folder / "ledger.db");
    ledger::Batch batch;
    for (const std::int32_t number : {1, 2}) {
      ledger::Message message = ledger::text_message(kChannel, number, "a file");
      message.media_kind = "document";
      message.raw = tl::serialize(telegram.message(number));
      batch.messages.push_back(std::move(message));
    }
    ledger::must(opened.commit(batch));
    ledger = std::make_unique<collect::LedgerWorker>(std::move(opened));
  }

  FetchStats fetch(FetchOptions options = {}) {
    collect::ChannelTarget target{AccountId(1), kChannel, 5, "@alpha"};
    return net::test::run_to_end(
        io, fetch_media(telegram, *ledger, disk, store, clock, std::move(target), options, listener));
  }

  ledger::MediaSummary summary() {
    auto ask = [](ledger::Ledger& open) { return open.media_summary(kChannel); };
    return net::test::run_to_end(io, ledger->run(ask));
  }

  SeededRandom random{7};
  FakeFiles telegram{random.bytes(1'500'000)};
  asio::io_context io{1};
  ledger::TemporaryFolder folder;
  std::unique_ptr<collect::LedgerWorker> ledger;
  MediaStore store = value_or_throw(MediaStore::open(folder / "media"));
  net::Worker disk{"media", 4};
  collect::HandClock clock;
  Recorder listener;
};

TEST_F(FetchTest, AFileOfTwoMessagesIsFetchedOnce) {
  const FetchStats stats = fetch();
  EXPECT_EQ(stats.stored, 1);
  EXPECT_EQ(stats.fetched, 1'500'000);
  EXPECT_EQ(listener.last.files_total, 1);
  EXPECT_EQ(listener.last.bytes_done, 1'500'000);
  EXPECT_TRUE(store.has(crypto::sha256(telegram.content)));
  const std::size_t calls = telegram.calls.size();
  EXPECT_EQ(fetch().stored, 0);
  EXPECT_EQ(telegram.calls.size(), calls);
  EXPECT_EQ(summary().stored.files, 1);
}

TEST(FilesOfMessages, ALinksPreviewIsItsDocumentOrElseItsPicture) {
  const FakeFiles telegram(Bytes(5000, 1));
  tl::api::Message message = telegram.link(1);
  const auto document = file_of_message(tl::serialize(message));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->kind, ledger::MediaKind::Document);
  EXPECT_EQ(document->id, FakeFiles::kId);
  auto* link = message.as<tl::api::message>()->media.as<tl::api::messageMediaWebPage>();
  link->webpage.as<tl::api::webPage>()->document = {};
  const auto picture = file_of_message(tl::serialize(message));
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->kind, ledger::MediaKind::Photo);
  EXPECT_EQ(picture->thumb, "x");
  EXPECT_EQ(picture->size, 9000);
  link->webpage = tl::api::webPagePending{};
  EXPECT_FALSE(file_of_message(tl::serialize(message)));
}

TEST_F(FetchTest, AnOldReferenceIsRefreshedFromItsMessage) {
  telegram.reference = {2};  // the ledger holds the one of before
  EXPECT_EQ(fetch().stored, 1);
  EXPECT_EQ(telegram.messages_asked, 1U);
}

TEST_F(FetchTest, LargeFilesAreLeftOutUntilTheyMayBeLarger) {
  FetchOptions options;
  options.max_size = 1'000'000;
  EXPECT_EQ(fetch(options).too_big, 1);
  EXPECT_EQ(summary().too_big.files, 1);
  EXPECT_TRUE(telegram.calls.empty());
  EXPECT_EQ(fetch().stored, 1);
}

TEST_F(FetchTest, AFailureIsKeptWithItsReasonAndTriedLater) {
  telegram.before_part = [](std::int64_t) -> std::optional<Bytes> { throw refusal(400, "LOCATION_INVALID"); };
  EXPECT_EQ(fetch().failed, 1);
  ASSERT_EQ(listener.failures.size(), 1U);
  EXPECT_NE(listener.failures[0].find("LOCATION_INVALID"), std::string::npos);
  telegram.before_part = {};
  EXPECT_EQ(fetch().waiting, 1);
  EXPECT_EQ(summary().failed.files, 1);
  clock.advance(std::chrono::seconds(61));
  EXPECT_EQ(fetch().stored, 1);
}

TEST_F(FetchTest, AFailureIsTriedAtOnceIfSomebodyWantsThat) {
  telegram.before_part = [](std::int64_t) -> std::optional<Bytes> { throw refusal(400, "LOCATION_INVALID"); };
  fetch();
  telegram.before_part = {};
  FetchOptions options;
  options.retry = RetryNow::Yes;
  EXPECT_EQ(fetch(options).stored, 1);
}

TEST_F(FetchTest, ALostLoginEndsTheRun) {
  telegram.before_part = [](std::int64_t) -> std::optional<Bytes> {
    throw telegram::failure(telegram::TelegramErrc::LoggedOut, "logged out");
  };
  EXPECT_THROW(fetch(), telegram::TelegramFailure);
  telegram.before_part = {};
  EXPECT_EQ(fetch().stored, 1);
}

TEST_F(FetchTest, WhereAFileWasFoundIsRemembered) {
  fetch();
  auto ask = [](ledger::Ledger& open) -> ledger::LedgerResult<std::int32_t> {
    std::int32_t dc = 0;
    auto done = open.media_files(kChannel, [&dc](const ledger::MediaFile& file) {
      dc = file.dc.value();
      return ledger::Visit::Continue;
    });
    if (!done)
      return std::unexpected(done.error());
    return dc;
  };
  EXPECT_EQ(net::test::run_to_end(io, ledger->run(ask)), 4);
}

}  // namespace
}  // namespace ledgram::media
