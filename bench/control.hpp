#pragma once

/// The control API of a running ledgram-sim (docs/ledgram-sim.md), called one request at a time.

#include <boost/json/object.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace ledgram::bench {

class Control {
 public:
  /// `address` as the ready line says it: http://127.0.0.1:PORT. The simulator's clock runs `clock_speed` times as
  /// fast.
  explicit Control(const std::string& address, int clock_speed = 1);
  Control(Control&&) noexcept;
  Control& operator=(Control&&) noexcept;
  ~Control();

  /// Each throws std::runtime_error with the simulator's words if it refuses, or if it is gone.
  boost::json::object get(std::string_view path);
  boost::json::object post(std::string_view path, const boost::json::object& body);
  boost::json::object remove(std::string_view path);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgram::bench
