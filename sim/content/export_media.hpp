#pragma once

/// The media and service parts of an export's message. Used inside the content floor.

#include "ledgram/sim_content/post.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <memory>

namespace ledgram::sim {

/// What is attached to the message; null if nothing is. Sizes that an export leaves out get plausible values.
std::shared_ptr<const Media> parse_export_media(const boost::json::object& message,
                                                const std::filesystem::path& folder = {});

/// What a message of type "service" tells.
std::shared_ptr<const ServiceAction> parse_export_action(const boost::json::object& message);

}  // namespace ledgram::sim
