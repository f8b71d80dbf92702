#pragma once

/// Which message numbers of a chat are known to be complete: for each number in a range, the ledger has the message
/// or knows that there is none. A pure value, without database; the ledger stores it, the history walker plans with it.

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ledgram::ledger {

/// Message numbers `first` to `last`, both included. Empty if first > last.
struct IdRange {
  std::int32_t first{};
  std::int32_t last{};

  [[nodiscard]] bool empty() const { return first > last; }
  [[nodiscard]] bool contains(std::int32_t id) const { return first <= id && id <= last; }
  [[nodiscard]] std::int64_t size() const { return empty() ? 0 : std::int64_t{last} - first + 1; }

  friend auto operator<=>(const IdRange&, const IdRange&) = default;
};

/// A set of numbers as ranges that neither overlap nor touch, in rising order.
class IdRangeSet {
 public:
  IdRangeSet() = default;
  explicit IdRangeSet(std::span<const IdRange> ranges);

  /// Unites the set with `range`; an empty range changes nothing. Returns the stored range that now holds it.
  IdRange add(IdRange range);

  /// Takes `range` out of the set; an empty range changes nothing.
  void remove(IdRange range);

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] bool contains(std::int32_t id) const { return find(id).has_value(); }

  /// The stored range with `id` in it.
  [[nodiscard]] std::optional<IdRange> find(std::int32_t id) const;

  /// The highest stored range that ends below `id`.
  [[nodiscard]] std::optional<IdRange> find_below(std::int32_t id) const;

  /// What is missing within `bounds`, in rising order.
  [[nodiscard]] std::vector<IdRange> holes(IdRange bounds) const;

  /// How many numbers are in the set.
  [[nodiscard]] std::int64_t size() const;

  /// The highest number in the set; nothing if it is empty.
  [[nodiscard]] std::optional<std::int32_t> highest() const;

  [[nodiscard]] std::span<const IdRange> ranges() const { return ranges_; }

  friend bool operator==(const IdRangeSet&, const IdRangeSet&) = default;

 private:
  std::vector<IdRange> ranges_;
};

}  // namespace ledgram::ledger
