#include "ledgram/cli/doctor_report.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace ledgram::cli {
namespace {

const Finding kFine{Health::Ok, "disk", "5 GB free", ""};
const Finding kWarning{Health::Warning, "clock", "12 s\x1b[31m slow", "set the clock"};
const Finding kProblem{Health::Problem, "data centre 2", "no answer", "check the network"};

TEST(DoctorReport, OneLineAndTheAdviceBelow) {
  EXPECT_EQ(to_text(kFine), "ok       disk            5 GB free\n");
  EXPECT_EQ(to_text(kProblem),
            "problem  data centre 2   no answer\n"
            "         -> check the network\n");
  EXPECT_EQ(to_text(kWarning).find('\x1b'), std::string::npos);
}

TEST(DoctorReport, SumsUp) {
  EXPECT_EQ(summary_text({kFine}), "nothing is wrong\n");
  EXPECT_EQ(summary_text({kFine, kWarning}), "nothing is wrong, 1 warning\n");
  EXPECT_EQ(summary_text({kProblem, kProblem}), "2 problems, 0 warnings\n");
  EXPECT_TRUE(is_healthy({kFine, kWarning}));
  EXPECT_FALSE(is_healthy({kFine, kProblem}));
}

TEST(DoctorReport, Json) {
  const auto report = boost::json::parse(to_json({kFine, kWarning, kProblem}));
  EXPECT_EQ(report.at("problems"), 1);
  EXPECT_EQ(report.at("warnings"), 1);
  EXPECT_EQ(report.at("findings").as_array().size(), 3U);
  EXPECT_EQ(report.at("findings").at(2).at("health"), "problem");
  EXPECT_EQ(report.at("findings").at(2).at("advice"), "check the network");
}

}  // namespace
}  // namespace ledgram::cli
