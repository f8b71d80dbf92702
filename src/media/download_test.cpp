// One file from file servers that refuse, forget, lie and end early: equal in the end, or a clear error, never short.

#include "ledgram/media/download.hpp"

#include "ledgram/base/random.hpp"
#include "ledgram/ledger/test_support.hpp"
#include "ledgram/media/test_support/fake_files.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace ledgram::media {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMegabyte = 1 << 20;

struct Scenario46Download : testing::Test {
  Bytes some(std::size_t size) { return random.bytes(size); }

  asio::awaitable<Downloaded> fetching(FakeFiles& telegram, RemoteFile file) {
    DownloadHooks hooks;
    hooks.refresh = [&telegram, this]() -> asio::awaitable<std::optional<RemoteFile>> {
      ++refreshes;
      co_return gone ? std::nullopt : std::optional(telegram.remote());
    };
    hooks.on_progress = [this](std::int64_t written) { progress.push_back(written); };
    hooks.on_wait = [this](seconds wait) { waits.push_back(wait); };
    DownloadOptions options;
    return download(telegram, disk, store, std::move(file), options, std::move(hooks));
  }

  Downloaded fetch(FakeFiles& telegram) {
    const Downloaded done = net::test::run_to_end(io, fetching(telegram, telegram.remote()));
    std::ifstream file(store.path_of(done.sha256), std::ios::binary);
    const Bytes stored{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_TRUE(stored == telegram.content) << stored.size() << " bytes instead of " << telegram.content.size();
    EXPECT_EQ(done.sha256, crypto::sha256(telegram.content));
    EXPECT_EQ(partial_files(), 0U);
    return done;
  }

  MediaError error_of(FakeFiles& telegram) {
    try {
      net::test::run_to_end(io, fetching(telegram, telegram.remote()));
    } catch (const MediaFailure& failure) {
      return failure.error();
    }
    ADD_FAILURE() << "the download succeeded";
    return {};
  }

  std::size_t partial_files() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder / "media/partial"))
      ++count;
    return count;
  }

  SeededRandom random{46};
  asio::io_context io{1};
  ledger::TemporaryFolder folder;
  MediaStore store = value_or_throw(MediaStore::open(folder / "media"));
  net::Worker disk{"media", 4};
  int refreshes = 0;
  bool gone = false;
  std::vector<std::int64_t> progress;
  std::vector<seconds> waits;
};

TEST_F(Scenario46Download, AsksOnlyForRangesThatTelegramAllows) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{4096}, kMegabyte,
                                 kMegabyte + 1, 4 * kMegabyte, 9 * kMegabyte + 12345}) {
    FakeFiles telegram(some(size));
    const Downloaded done = fetch(telegram);
    EXPECT_EQ(done.fetched, static_cast<std::int64_t>(size));
    // Each part once.
    EXPECT_EQ(std::set<std::int64_t>(telegram.offsets.begin(), telegram.offsets.end()).size(), telegram.offsets.size());
    for (const telegram::CallOptions& call : telegram.calls) {
      EXPECT_EQ(call.lane, telegram::Lane::Files);
      EXPECT_EQ(call.dc, DcId(4));
    }
  }
}

TEST_F(Scenario46Download, AReferenceThatExpiresInTheMiddleIsRefreshedOnce) {
  FakeFiles telegram(some(9 * kMegabyte));
  telegram.before_part = [&](std::int64_t) {
    if (telegram.offsets.size() == 10)
      telegram.reference = {2};
    return std::nullopt;
  };
  fetch(telegram);
  EXPECT_EQ(refreshes, 1);
}

TEST_F(Scenario46Download, AReferenceThatIsRefusedEvenFreshEndsTheDownload) {
  FakeFiles telegram(some(kMegabyte));
  telegram.before_part = [](std::int64_t) -> std::optional<Bytes> { throw refusal(400, "FILE_REFERENCE_2_EXPIRED"); };
  EXPECT_EQ(error_of(telegram).code, MediaErrc::ReferenceLost);
  EXPECT_EQ(refreshes, 2);
}

TEST_F(Scenario46Download, AMessageThatLostItsFileIsSaidToBeGone) {
  FakeFiles telegram(some(kMegabyte));
  RemoteFile old = telegram.remote();
  telegram.reference = {2};
  gone = true;
  EXPECT_THROW(
      {
        try {
          net::test::run_to_end(io, fetching(telegram, old));
        } catch (const MediaFailure& failure) {
          EXPECT_EQ(failure.error().code, MediaErrc::Gone);
          throw;
        }
      },
      MediaFailure);
}

TEST_F(Scenario46Download, OneEmptyPartIsAskedForAgain) {
  FakeFiles telegram(some(3 * kMegabyte));
  telegram.before_part = [first = true](std::int64_t offset) mutable -> std::optional<Bytes> {
    if (offset == 256 << 10 && std::exchange(first, false))
      return Bytes{};
    return std::nullopt;
  };
  fetch(telegram);
}

TEST_F(Scenario46Download, AnEarlyEndIsAnErrorAndNothingIsStored) {
  FakeFiles telegram(some(3 * kMegabyte));
  telegram.before_part = [](std::int64_t offset) -> std::optional<Bytes> {
    return offset >= 1 << 20 ? std::optional(Bytes{}) : std::nullopt;
  };
  const MediaError error = error_of(telegram);
  EXPECT_EQ(error.code, MediaErrc::EndedEarly);
  EXPECT_NE(error.message.find("1048576 of 3145728"), std::string::npos) << error.message;
  EXPECT_FALSE(store.has(crypto::sha256(telegram.content)));
  // The next run goes on behind what of that megabyte was written, and fetches all the rest.
  const std::int64_t left = progress.back();
  EXPECT_GT(left, 0);
  EXPECT_LE(left, 1 << 20);
  telegram.before_part = {};
  telegram.offsets.clear();
  const Downloaded done = fetch(telegram);
  EXPECT_EQ(done.fetched, (3 << 20) - left);
  EXPECT_EQ(*std::ranges::min_element(telegram.offsets), left);
}

TEST_F(Scenario46Download, MoreThanTheSizeSaysIsAnError) {
  FakeFiles telegram(some(5000));
  telegram.before_part = [](std::int64_t) -> std::optional<Bytes> { return Bytes(5001); };
  EXPECT_EQ(error_of(telegram).code, MediaErrc::TooLong);
}

TEST_F(Scenario46Download, GoesOnFromWhatAnEarlierRunLeft) {
  FakeFiles telegram(some(20 * kMegabyte));
  telegram.before_part = [&](std::int64_t) -> std::optional<Bytes> {
    if (telegram.offsets.size() == 25)
      throw refusal(400, "SOMETHING_ELSE");
    return std::nullopt;
  };
  EXPECT_THROW(net::test::run_to_end(io, fetching(telegram, telegram.remote())), telegram::TelegramFailure);
  const std::int64_t left = progress.back();
  EXPECT_GT(left, 0);
  telegram.before_part = {};
  progress.clear();
  const Downloaded done = fetch(telegram);
  EXPECT_EQ(progress.front(), left);
  EXPECT_EQ(done.fetched, static_cast<std::int64_t>(telegram.content.size()) - left);
}

TEST_F(Scenario46Download, WaitsWhenTelegramSlowsItDown) {
  FakeFiles telegram(some(kMegabyte));
  telegram.before_part = [first = true](std::int64_t) mutable -> std::optional<Bytes> {
    if (!std::exchange(first, false))
      return std::nullopt;
    telegram::TelegramFailure failure = refusal(420, "FLOOD_PREMIUM_WAIT_1");
    telegram::TelegramError error = failure.error();
    error.code = telegram::TelegramErrc::FloodWait;
    error.retry_after = seconds(1);
    throw telegram::TelegramFailure(std::move(error));
  };
  fetch(telegram);
  EXPECT_EQ(waits, std::vector<seconds>{seconds(1)});
}

struct Scenario46Cdn : Scenario46Download {};

TEST_F(Scenario46Cdn, ARedirectedFileIsEqual) {
  for (const std::size_t size : {std::size_t{1}, 5 * kMegabyte + 4321}) {
    FakeFiles telegram(some(size));
    telegram.cdn = true;
    fetch(telegram);
    EXPECT_GT(telegram.cdn_parts, 0U);
    for (const telegram::CallOptions& call : telegram.calls) {
      if (call.lane == telegram::Lane::Cdn) {
        EXPECT_EQ(call.dc, DcId(203));
      }
    }
  }
}

TEST_F(Scenario46Cdn, AFileThatTheCdnLostIsGivenToItAgain) {
  FakeFiles telegram(some(2 * kMegabyte));
  telegram.cdn = true;
  telegram.lost_by_cdn = true;
  fetch(telegram);
}

TEST_F(Scenario46Cdn, AFalseHashEndsTheDownloadAndNothingIsKept) {
  FakeFiles telegram(some(2 * kMegabyte));
  telegram.cdn = true;
  telegram.false_hashes = 1;
  const MediaError error = error_of(telegram);
  EXPECT_EQ(error.code, MediaErrc::CdnForgery);
  EXPECT_EQ(partial_files(), 0U);
  EXPECT_FALSE(store.has(crypto::sha256(telegram.content)));
  fetch(telegram);
}

TEST_F(Scenario46Cdn, ChangedBytesAreNotTaken) {
  FakeFiles telegram(some(2 * kMegabyte));
  telegram.cdn = true;
  telegram.before_part = [&](std::int64_t offset) -> std::optional<Bytes> {
    if (offset != 128 << 10)
      return std::nullopt;
    Bytes bytes(telegram.content.begin() + offset, telegram.content.begin() + offset + (128 << 10));
    bytes[1000] ^= 1U;
    return bytes;
  };
  EXPECT_EQ(error_of(telegram).code, MediaErrc::CdnForgery);
}

TEST_F(Scenario46Cdn, AVoidTokenLeadsBackToTelegram) {
  FakeFiles telegram(some(2 * kMegabyte));
  telegram.cdn = true;
  telegram.bad_tokens = 1;
  fetch(telegram);
  telegram.bad_tokens = 1'000'000;
  telegram.content = some(2 * kMegabyte);
  fetch(telegram);
}

}  // namespace
}  // namespace ledgram::media
