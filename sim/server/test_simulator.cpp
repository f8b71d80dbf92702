#include "ledgram/sim_server/test_simulator.hpp"

#include "ledgram/sim_server/test_client.hpp"

#include <boost/asio/use_future.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace ledgram::sim {

namespace {

using asio::ip::tcp;

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const std::size_t at = head.find(kName);
  if (at == std::string_view::npos)
    return 0;
  return std::stoul(std::string(head.substr(at + kName.size(), 12)));
}

}  // namespace

Options small_options(const std::filesystem::path& data) {
  Options options;
  options.data = data;
  options.synthetic = SyntheticOptions{.channels = 1, .posts = 250, .seed = 4};
  options.dcs = 3;
  return options;
}

TestSimulator::TestSimulator(const Options& options) : public_key_file_(options.data / "public.pem") {
  auto created = Simulator::create(context_, options);
  if (!created)
    throw std::runtime_error(created.error().message);
  simulator_ = std::move(*created);
  if (auto started = simulator_->start(); !started)
    throw std::runtime_error(started.error().message);
  thread_ = std::jthread([this] { context_.run(); });
}

TestSimulator::~TestSimulator() {
  stop();
}

void TestSimulator::stop() {
  if (stopped_)
    return;
  stopped_ = true;
  asio::co_spawn(context_, simulator_->stop(), asio::use_future).get();
  thread_.join();
  EXPECT_TRUE(simulator_->pending().empty());
}

crypto::RsaPublicKey TestSimulator::public_key() const {
  std::ifstream stream(public_key_file_);
  const std::string pem{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  return crypto::RsaPublicKey::from_pem(pem).value();
}

boost::json::value TestSimulator::Http::json() const {
  return boost::json::parse(text);
}

TestSimulator::Http TestSimulator::control(std::string_view method, std::string_view target, std::string_view body,
                                           std::string_view extra_header) const {
  asio::io_context context;
  tcp::socket socket(context);
  socket.connect({asio::ip::address_v4::loopback(), simulator_->ports().control});
  const std::string header = extra_header.empty() ? std::string() : std::string(extra_header) + "\r\n";
  const std::string host = header.starts_with("Host:") ? std::string() : std::string("Host: 127.0.0.1\r\n");
  const std::string request = fmt::format("{} {} HTTP/1.1\r\n{}{}Content-Length: {}\r\n\r\n{}", method, target, host,
                                          header, body.size(), body);
  asio::write(socket, asio::buffer(request));
  std::string received;
  std::size_t head_end = std::string::npos;
  for (;;) {
    head_end = received.find("\r\n\r\n");
    if (head_end != std::string::npos && received.size() >= head_end + 4 + content_length(received.substr(0, head_end)))
      break;
    std::string piece(64 * 1024, '\0');
    boost::system::error_code problem;
    piece.resize(socket.read_some(asio::buffer(piece), problem));
    if (problem)
      throw std::runtime_error("the control connection ended: " + problem.message());
    received += piece;
  }
  return {static_cast<unsigned>(std::stoul(received.substr(9, 3))), received.substr(head_end + 4)};
}

boost::json::value TestSimulator::post(std::string_view target, std::string_view body) const {
  const Http answer = control("POST", target, body);
  EXPECT_EQ(answer.status, 200U) << target << " " << body << ": " << answer.text;
  return answer.json();
}

boost::json::value TestSimulator::wait_for_status(const std::function<bool(const boost::json::object&)>& holds) const {
  // Each question is answered by the simulator's one thread after what it was doing, so asking again is waiting for it.
  const auto deadline = std::chrono::steady_clock::now() + kTestLimit;
  boost::json::value status;
  while (std::chrono::steady_clock::now() < deadline) {
    status = control("GET", "/status").json();
    if (holds(status.as_object()))
      return status;
  }
  ADD_FAILURE() << "the status never became as expected";
  return status;
}

mtproto::TransportOptions direct(mtproto::TransportKind kind, mtproto::Obfuscation obfuscation) {
  mtproto::TransportOptions options;
  options.kind = kind;
  options.obfuscation = obfuscation;
  return options;
}

}  // namespace ledgram::sim
