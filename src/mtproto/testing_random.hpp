#pragma once

/// Randomness for the tests of this floor.

#include "ledgram/base/random.hpp"

#include <deque>
#include <utility>

namespace ledgram::mtproto {

/// Gives out prepared bytes where somebody asks for exactly as many, in the order they were prepared, and bytes from a
/// seed otherwise.
class ScriptedRandom final : public RandomSource {
 public:
  explicit ScriptedRandom(std::deque<Bytes> script, std::uint64_t seed = 1) : script_(std::move(script)), rest_(seed) {}

  void fill(MutableByteView out) override {
    if (!script_.empty() && script_.front().size() == out.size()) {
      std::copy(script_.front().begin(), script_.front().end(), out.begin());
      script_.pop_front();
      return;
    }
    rest_.fill(out);
  }

  /// True if everything prepared was asked for.
  [[nodiscard]] bool finished() const { return script_.empty(); }

 private:
  std::deque<Bytes> script_;
  SeededRandom rest_;
};

}  // namespace ledgram::mtproto
