#pragma once

/// Values that may be missing, as JSON writes them in every answer: null where there is nothing.

#include "ledgram/base/iso_time.hpp"
#include "ledgram/ledger/rows.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <utility>

namespace ledgram::api {

template <class T>
boost::json::value or_null(const std::optional<T>& value) {
  return value ? boost::json::value(*value) : boost::json::value(nullptr);
}

inline boost::json::value text_or_null(const std::string& text) {
  return text.empty() ? boost::json::value(nullptr) : boost::json::value(text);
}

/// An ISO time, or null for 0.
inline boost::json::value time_or_null(ledger::UnixSeconds time) {
  return time == 0 ? boost::json::value(nullptr) : boost::json::value(iso8601(time));
}

/// JSON that the ledger wrote itself: `empty` for no text, and null for an unreadable one, which would be a mistake of
/// ours.
inline boost::json::value stored_json(const std::string& text, boost::json::value empty) {
  if (text.empty())
    return empty;
  boost::system::error_code bad;
  boost::json::value value = boost::json::parse(text, bad);
  return bad ? boost::json::value(nullptr) : value;
}

}  // namespace ledgram::api
