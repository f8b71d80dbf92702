#pragma once

/// How far a long run is, on standard error: a bar on a terminal, a plain line every tenth elsewhere.

#include <cstdint>
#include <string>
#include <string_view>

namespace ledgram::bench {

class Progress {
 public:
  Progress(std::string what, std::int64_t whole);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Ends the bar's line.
  ~Progress();

  /// `note` stands behind the bar.
  void show(std::int64_t done, std::string_view note = {});

 private:
  std::string what_;
  std::int64_t whole_;
  std::int64_t last_tenth_ = -1;
  bool terminal_;
  bool drawn_ = false;
};

}  // namespace ledgram::bench
