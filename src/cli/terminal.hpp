#pragma once

/// The terminal, if there is one: its width and its echo.

#include <cstddef>
#include <cstdint>
#include <memory>

namespace ledgram::cli {

enum class StreamKind : std::uint8_t { Input, Output, Error };

[[nodiscard]] bool is_terminal(StreamKind stream);

/// Columns of the terminal behind standard output or standard error; 100 if there is none.
[[nodiscard]] std::size_t terminal_width(StreamKind stream);

/// Lines of the terminal behind standard output or standard error; 24, a terminal's usual height, if there is none.
[[nodiscard]] std::size_t terminal_height(StreamKind stream);

enum class Echo : std::uint8_t { Shown, Hidden };

/// Takes the echo off standard input, if that is a terminal and `echo` is Hidden, for as long as it lives.
class EchoGuard {
 public:
  explicit EchoGuard(Echo echo);
  EchoGuard(const EchoGuard&) = delete;
  EchoGuard& operator=(const EchoGuard&) = delete;
  ~EchoGuard();

 private:
  struct Saved;
  std::unique_ptr<Saved> saved_;
};

}  // namespace ledgram::cli
