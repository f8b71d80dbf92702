#include "process.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

extern char** environ;

namespace ledgram::bench {
namespace {

constexpr double kMegabyte = 1e6;

double resident_mb(pid_t pid) {
  std::ifstream statm(fmt::format("/proc/{}/statm", pid));
  long long total = 0;
  long long resident = 0;
  if (!(statm >> total >> resident))
    return 0;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / kMegabyte;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

Usage usage_of(int status, const rusage& used) {
  Usage usage;
  usage.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  usage.cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  usage.peak_rss_mb = static_cast<double>(used.ru_maxrss) * 1024 / kMegabyte;
  return usage;
}

}  // namespace

ScratchFolder::ScratchFolder(AtEnd at_end) : at_end_(at_end) {
  const char* base = std::getenv("TMPDIR");
  std::string name = fmt::format("{}/ledgram-bench-XXXXXX", base != nullptr ? base : "/tmp");
  if (mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error(fmt::format("cannot make a folder like {}: {}", name, std::strerror(errno)));
  }
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  if (at_end_ == AtEnd::Keep)
    return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Process::Process(const std::vector<std::string>& command, const std::filesystem::path& errors) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("cannot make a pipe");
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  if (!errors.empty())
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int failed = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  output_ = pipe_ends[0];
  if (failed != 0) {
    close(output_);
    throw std::runtime_error(fmt::format("cannot start {}: {}", command[0], std::strerror(failed)));
  }
}

Process::~Process() {
  if (pid_ > 0) {
    terminate();
    wait();
  }
  close(output_);
}

std::optional<std::string> Process::buffered_line() {
  const auto end = buffer_.find('\n');
  if (end == std::string::npos)
    return std::nullopt;
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

std::string Process::read_line() {
  std::array<char, 4096> piece{};
  while (true) {
    if (auto line = buffered_line())
      return std::move(*line);
    const ssize_t count = read(output_, piece.data(), piece.size());
    if (count <= 0)
      return std::exchange(buffer_, {});
    buffer_.append(piece.data(), static_cast<std::size_t>(count));
  }
}

std::optional<std::string> Process::read_line_within(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::array<char, 4096> piece{};
  while (true) {
    if (auto line = buffered_line())
      return line;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd waiting{output_, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) <= 0)
      return std::nullopt;
    const ssize_t count = read(output_, piece.data(), piece.size());
    if (count <= 0)
      return std::exchange(buffer_, {});
    buffer_.append(piece.data(), static_cast<std::size_t>(count));
  }
}

void Process::terminate() {
  ::kill(pid_, SIGTERM);
}

void Process::kill() {
  ::kill(pid_, SIGKILL);
  wait();
}

bool Process::running() const {
  siginfo_t ended{};
  return pid_ > 0 && waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         ended.si_pid == 0;
}

Consumption Process::consumption() const {
  std::ifstream file(fmt::format("/proc/{}/stat", pid_));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  // The program's name stands in brackets and may hold spaces. User time is the 12th field behind it, system time next.
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::vector<std::string> words((std::istream_iterator<std::string>(fields)), {});
  if (words.size() < 13)
    throw std::runtime_error("a process that is measured has ended");
  const double ticks = std::stod(words[11]) + std::stod(words[12]);
  return {.cpu_seconds = ticks / static_cast<double>(sysconf(_SC_CLK_TCK)), .rss_mb = resident_mb(pid_)};
}

Usage Process::wait(std::chrono::milliseconds interval, std::vector<MemorySample>& samples) {
  std::array<char, 65536> piece{};
  while (true) {
    pollfd waiting{output_, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(interval.count()));
    if (ready > 0 && read(output_, piece.data(), piece.size()) <= 0)
      break;
    samples.push_back({std::chrono::steady_clock::now(), resident_mb(pid_)});
  }
  return wait();
}

Usage Process::wait() {
  int status = 0;
  rusage used{};
  while (wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return usage_of(status, used);
}

Usage run(const std::vector<std::string>& command) {
  Process process(command);
  while (!process.read_line().empty()) {
  }
  const Usage usage = process.wait();
  if (usage.exit_code != 0) {
    throw std::runtime_error(fmt::format("{} ended with {}", fmt::join(command, " "), usage.exit_code));
  }
  return usage;
}

}  // namespace ledgram::bench
