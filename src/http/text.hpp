#pragma once

/// Small things about the text of HTTP headers.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::http {

/// ASCII letters only.
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Without spaces and tabs around it.
std::string_view trim(std::string_view text);

/// The parts between the separators, not trimmed; one empty part for an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);

/// True if a list of tokens (Connection: keep-alive, Upgrade) holds this one.
bool list_holds(std::string_view list, std::string_view token);

/// True if the header of accepted things (Accept, Accept-Encoding; RFC 9110, 12.4.2) takes `thing`, for example "gzip"
/// or "application/json". Names are compared, then "type/*", then "*/*" or "*"; q=0 refuses. An empty header takes all.
bool accepts(std::string_view header, std::string_view thing);

/// "Sun, 06 Nov 1994 08:49:37 GMT" for unix seconds.
std::string http_date(std::int64_t unix_seconds);

}  // namespace ledgram::http
