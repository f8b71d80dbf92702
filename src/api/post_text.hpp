#pragma once

/// A post as JSON of the API, written straight into text: lists of posts are what is asked for most.

#include "ledgram/api/schema.hpp"
#include "ledgram/base/json_text.hpp"
#include "ledgram/ledger/queries.hpp"

#include <string>

namespace ledgram::api {

/// The members of a post; the caller writes the brackets and what else it has.
void write_post_members(JsonText& out, const ledger::Post& post);

/// The members of what a post was before an edit.
void write_version_members(JsonText& out, const ledger::MessageVersion& version);

/// Where people read it. Telegram shows posts of channels without a username to their members only.
std::string post_url(const ledger::Post& post);

/// Members of a post's schema, for schemas that have more.
std::vector<Member> post_members();
Schema post_schema();
Schema version_schema();
json::object post_example();

}  // namespace ledgram::api
