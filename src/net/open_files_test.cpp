#include "ledgram/net/open_files.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

namespace ledgram::net {
namespace {

TEST(OpenFiles, TheSoftLimitIsRaisedToTheHardOne) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit lowered = before;
  lowered.rlim_cur = 256;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lowered), 0);
  ASSERT_EQ(open_file_limit(), 256U);

  EXPECT_EQ(raise_open_file_limit(), before.rlim_max);
  EXPECT_EQ(open_file_limit(), before.rlim_max);
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace ledgram::net
