#include "ledgram/tl/constructor_name.hpp"

#include "ledgram/tl/mt_ids.hpp"
#include "ledgram/tl/object.hpp"
#include "ledgram/tl/reader.hpp"

namespace ledgram::tl {

// Declared here instead of including the generated headers, which are large and hold nothing else of interest.
namespace api {
extern const Registry kRegistry;
}
namespace mt {
extern const Registry kRegistry;
}

std::string_view constructor_name(std::uint32_t id) {
  if (const ConstructorInfo* info = api::kRegistry.find(id))
    return info->name;
  if (const ConstructorInfo* info = mt::kRegistry.find(id))
    return info->name;
  switch (id) {
    case kBoolTrueId:
      return "boolTrue";
    case kBoolFalseId:
      return "boolFalse";
    case kVectorId:
      return "vector";
    case mt::kMsgContainerId:
      return "msg_container";
    case mt::kMsgCopyId:
      return "msg_copy";
    default:
      return "unknown";
  }
}

}  // namespace ledgram::tl
