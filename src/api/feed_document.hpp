#pragma once

/// Posts as RSS 2.0 and as Atom (RFC 4287). Pure. Whatever people wrote stays text: every character that XML gives a
/// meaning is escaped, and those that XML cannot hold are left out.

#include "ledgram/ledger/queries.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ledgram::api {

struct FeedDocument {
  std::string title;
  std::string id;    ///< stable, a URI
  std::string link;  ///< of the feed itself
  ledger::UnixSeconds created{};
  std::vector<ledger::Post> posts;  ///< newest first
};

std::string rss_text(const FeedDocument& feed);
std::string atom_text(const FeedDocument& feed);

/// For the text between tags and for attributes.
std::string xml_escaped(std::string_view text);

}  // namespace ledgram::api
