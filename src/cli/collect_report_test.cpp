#include "ledgram/cli/collect_report.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <string>

namespace ledgram::cli {
namespace {

using std::chrono::seconds;

class HandClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return now_; }
  void advance(nanoseconds time) { now_ = now_.after(time); }

 private:
  Instant now_{};
};

struct Output {
  HandClock clock;
  std::string out;
  std::string errors;

  TextSink out_sink() {
    return [this](std::string_view text) { out += text; };
  }
  TextSink error_sink() {
    return [this](std::string_view text) { errors += text; };
  }
};

collect::Progress progress(std::int64_t added, std::int64_t total) {
  return {.name = "@name", .posts_added = added, .stored = added, .total = total};
}

TEST(BarReport, DrawsRatePercentAndTimeLeft) {
  Output output;
  const auto report = make_bar_report(output.out_sink(), output.error_sink(), output.clock, 100);
  report->on_progress(progress(100, 1000));
  EXPECT_EQ(output.out, "") << "nothing can be said at the first page";
  output.clock.advance(seconds(2));
  report->on_progress(progress(500, 1000));
  EXPECT_EQ(output.out, "\r@name [############............] 500 new posts, 250/s, 50 %, 3 s left");
}

TEST(BarReport, RedrawsInPlaceAndLeavesALine) {
  Output output;
  const auto report = make_bar_report(output.out_sink(), output.error_sink(), output.clock, 40);
  report->on_progress(progress(1, 1000));
  output.clock.advance(seconds(1));
  report->on_progress(progress(500, 1000));
  EXPECT_EQ(output.out.find('\n'), std::string::npos);
  EXPECT_EQ(output.out.size(), 1 + 38 + std::string("…").size()) << "cut to fit 40 columns";
  output.out.clear();
  report->on_channel_done("@name", {.posts_added = 1000, .seconds = 2});
  EXPECT_EQ(output.out, "\r" + std::string(39, ' ') + "\r@name: 1000 new posts, 2.0 s\n");
}

TEST(BarReport, NeverShowsAHundredBeforeTheEnd) {
  Output output;
  const auto report = make_bar_report(output.out_sink(), output.error_sink(), output.clock, 100);
  report->on_progress(progress(1, 10));
  output.clock.advance(seconds(1));
  report->on_progress(progress(20, 10));
  EXPECT_NE(output.out.find("99 %"), std::string::npos) << output.out;
}

TEST(PlainReport, SpeaksSeldom) {
  Output output;
  const auto report = make_plain_report(output.out_sink(), output.error_sink(), output.clock);
  for (int i = 0; i < 95; ++i) {
    report->on_progress(progress(i * 10, 1000));
    output.clock.advance(nanoseconds(seconds(1)) / 5);
  }
  EXPECT_EQ(std::count(output.out.begin(), output.out.end(), '\n'), 1) << output.out;
  report->on_flood_wait("@name", seconds(65));
  EXPECT_NE(output.out.find("@name: Telegram asks to wait 1 min 05 s\n"), std::string::npos);
}

TEST(JsonReport, EndsWithTheSummary) {
  Output output;
  const auto report = make_json_report(output.out_sink(), output.error_sink(), output.clock);
  report->on_channel_done("@name", {.posts_added = 3, .seconds = 0.5});
  report->on_channel_failed("@other", "it went wrong");
  report->on_finished({.channels = 1, .posts_added = 3, .seconds = 0.75});
  const std::string last = output.out.substr(output.out.rfind('\n', output.out.size() - 2) + 1);
  const auto object = boost::json::parse(last).as_object();
  EXPECT_EQ(object.at("channels"), 1);
  EXPECT_EQ(object.at("posts_added"), 3);
  EXPECT_EQ(object.at("seconds"), 0.75);
  EXPECT_EQ(output.errors, "ledgram: @other: it went wrong\n");
}

}  // namespace
}  // namespace ledgram::cli
