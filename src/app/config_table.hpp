#pragma once

/// Reading one table of ledgram.toml, with every mistake in it named. For config*.cpp.

#include "ledgram/app/error.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::app {

/// Reads settings out of one TOML table and remembers the first thing that is wrong.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string_view section, const std::filesystem::path& path)
      : table_(table), section_(section), path_(path) {}

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }

  std::optional<std::string> text(std::string_view key) { return value<std::string>(key, "a text in quotes"); }
  std::optional<std::int64_t> number(std::string_view key) { return value<std::int64_t>(key, "a whole number"); }
  std::optional<bool> boolean(std::string_view key) { return value<bool>(key, "true or false"); }

  /// Empty if it is not there.
  std::vector<std::string> texts(std::string_view key) {
    known_.emplace_back(key);
    std::vector<std::string> values;
    const toml::node* node = table_.get(key);
    if (node == nullptr)
      return values;
    const toml::array* array = node->as_array();
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
      if (auto text = (*array)[i].value_exact<std::string>())
        values.push_back(std::move(*text));
    }
    if (array == nullptr || values.size() != array->size())
      fail(key, "a list of texts in quotes");
    return values;
  }

  const toml::table* table(std::string_view key) {
    known_.emplace_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr)
      return nullptr;
    if (!node->is_table())
      fail(*node, fmt::format("{} must be a section", full_name(key)));
    return node->as_table();
  }

  void fail(std::string_view key, std::string_view expected) {
    if (const toml::node* node = table_.get(key))
      fail(*node, fmt::format("{} must be {}", full_name(key), expected));
  }

  /// The first error: a wrong value, or else a setting that nobody asked for.
  std::optional<AppError> error() {
    if (error_)
      return error_;
    for (const auto& [key, node] : table_) {
      if (std::ranges::find(known_, key.str()) == known_.end()) {
        fail(node, fmt::format("{} is not a setting", full_name(key.str())));
        break;
      }
    }
    return error_;
  }

 private:
  template <class T>
  std::optional<T> value(std::string_view key, std::string_view expected) {
    known_.emplace_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr)
      return std::nullopt;
    if (auto found = node->value_exact<T>())
      return found;
    fail(key, expected);
    return std::nullopt;
  }

  std::string full_name(std::string_view key) const {
    return section_.empty() ? std::string(key) : fmt::format("{}.{}", section_, key);
  }

  void fail(const toml::node& node, const std::string& what) {
    if (error_)
      return;
    error_ =
        AppError{AppErrc::BadConfiguration, fmt::format("{} line {}: {}; correct the file and run the command again",
                                                        path_.string(), node.source().begin.line, what)};
  }

  const toml::table& table_;
  std::string section_;
  const std::filesystem::path& path_;
  std::vector<std::string> known_;
  std::optional<AppError> error_;
};

}  // namespace ledgram::app
