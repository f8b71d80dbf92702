#include "ledgram/tl/object.hpp"

#include <cassert>

namespace ledgram::tl {

void ObjectBase::write(Writer& out) const {
  assert(info_ != nullptr && "an empty handle is written where the schema demands an object");
  if (info_ == nullptr) {
    out.u32(0);  // no constructor has this id, so the receiver refuses the whole
    return;
  }
  out.u32(info_->id);
  info_->write(value(), out);
}

void ObjectReader::refuse(Reader& in, std::uint32_t id, const Registry& registry, std::uint16_t type) {
  if (!in.ok())
    return;
  const ConstructorInfo* info = registry.find(id);
  in.fail_constructor(id, registry.types[type].name, info == nullptr ? std::string_view{} : info->name);
}

void ObjectBase::copy_from(const ObjectBase& other) {
  if (other.info_ == nullptr)
    return;
  if (other.info_->stored_inline) {
    std::memcpy(static_cast<void*>(&storage_), &other.storage_, sizeof storage_);
  } else {
    storage_.pointer = other.info_->copy(other.storage_.pointer);
  }
  info_ = other.info_;
}

bool roundtrip(const Registry& registry, Reader& in, Writer& out) {
  Reader ahead = in;
  const std::uint32_t id = ahead.u32();
  const ConstructorInfo* info = registry.find(id);
  if (info == nullptr) {
    in.u32();
    if (in.ok())
      in.fail_constructor(id, "Object");
  } else if (!in.enter()) {
    return false;
  } else if (info->type == kNoType) {
    out.u32(in.u32());
    info->roundtrip(in, out);
    in.leave();
  } else {
    ObjectBase object;
    registry.types[info->type].read(object, in);
    if (in.ok())
      object.write(out);
    in.leave();
  }
  return in.ok();
}

}  // namespace ledgram::tl
