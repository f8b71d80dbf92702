#pragma once

/// Text on its way to a terminal: what people wrote can hold control characters, and columns are not bytes.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::cli {

/// One line without control characters: each run of white space and controls becomes one space, so that a message
/// cannot move the cursor or change colours. Bytes that are not UTF-8 become U+FFFD.
std::string printable_line(std::string_view text);

/// Columns that `text` takes on a terminal (wide East Asian characters and emoji take two).
std::size_t display_width(std::string_view text);

/// At most `columns` columns; what was cut is shown by "…".
std::string shortened(std::string_view text, std::size_t columns);

/// `text` followed by spaces up to `columns` columns.
std::string padded(std::string_view text, std::size_t columns);

/// A table with a header line, columns padded to their widest cell, two spaces between them; the last column is cut so
/// that no line is longer than `max_width` columns. Every line ends with a line feed.
std::string table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                  std::size_t max_width);

}  // namespace ledgram::cli
