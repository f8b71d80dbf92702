#include "ledgram/cli/media_report.hpp"

#include "ledgram/base/clock.hpp"

#include <gtest/gtest.h>

namespace ledgram::cli {
namespace {

class HandClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return now_; }
  void advance(nanoseconds time) { now_ = now_.after(time); }

 private:
  Instant now_{std::chrono::seconds(10), std::chrono::seconds(1'700'000'000)};
};

struct MediaReportTest : testing::Test {
  HandClock clock;
  std::string out;
  std::string errors;
  TextSink to_out = [this](std::string_view text) { out += text; };
  TextSink to_errors = [this](std::string_view text) { errors += text; };

  static media::FetchProgress half() {
    return {
        .files_done = 1, .files_total = 4, .bytes_done = 5 << 20, .bytes_total = 10 << 20, .bytes_fetched = 5 << 20};
  }

  static ledger::MediaFile failed_file() {
    ledger::MediaFile file;
    file.number = MessageNumber(17);
    file.name = "a\x1b[31m.zip";
    file.size = 2048;
    file.reason = "no luck";
    return file;
  }
};

TEST_F(MediaReportTest, LinesSayHowFarItIs) {
  const auto report = make_media_lines("@alpha", to_out, to_errors, clock);
  clock.advance(std::chrono::seconds(10));
  report->on_progress(half());
  EXPECT_EQ(out, "@alpha: 1 of 4 files, 5.0 MB of 10.0 MB, 512.0 KB/s, 11 s left\n");
  report->on_progress(half());
  EXPECT_EQ(out.find('\n'), out.size() - 1);
}

TEST_F(MediaReportTest, TheBarIsRedrawnInPlaceAndGoneAtTheEnd) {
  const auto report = make_media_bar("@alpha", to_out, to_errors, clock, 200);
  clock.advance(std::chrono::seconds(10));
  report->on_progress(half());
  EXPECT_EQ(out.front(), '\r');
  EXPECT_NE(out.find("[############............] 50 %"), std::string::npos) << out;
  out.clear();
  report->on_finished({.stored = 4, .fetched = 10 << 20, .seconds = 20});
  EXPECT_NE(out.find("@alpha: 4 files, 10.0 MB in 20.0 s\n"), std::string::npos) << out;
}

TEST_F(MediaReportTest, FailuresAreListedAtTheEndWithoutControlCharacters) {
  const auto report = make_media_lines("@alpha", to_out, to_errors, clock);
  report->on_file_failed(failed_file());
  EXPECT_TRUE(errors.empty());
  report->on_finished({.failed = 1, .waiting = 2, .too_big = 3});
  EXPECT_NE(errors.find("message 17"), std::string::npos);
  EXPECT_NE(errors.find("no luck"), std::string::npos);
  EXPECT_EQ(errors.find('\x1b'), std::string::npos);
  EXPECT_NE(out.find("3 too big"), std::string::npos);
  EXPECT_NE(out.find("--retry"), std::string::npos);
}

TEST_F(MediaReportTest, JsonEndsWithTheSummary) {
  const auto report = make_media_json("@alpha", to_out, to_errors, clock);
  report->on_slowed_down(std::chrono::seconds(3));
  report->on_finished({.stored = 2, .fetched = 5, .seconds = 1});
  EXPECT_EQ(out,
            "{\"event\":\"slowed_down\",\"seconds\":3}\n"
            "{\"files\":2,\"bytes\":5,\"failed\":0,\"waiting\":0,\"too_big\":0,\"seconds\":1E0}\n");
}

}  // namespace
}  // namespace ledgram::cli
