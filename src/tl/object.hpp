#pragma once

/// The handle of an abstract type such as Peer: empty, or owner of one value of any of the type's constructors.
///
/// The generated code names them: `using Peer = tl::Object<PeerTag>`. A constructor made of at most 16 bytes of
/// numbers and flags lies in the handle itself, any other on the heap. Copies are deep.

#include "ledgram/tl/object_memory.hpp"
#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/writer.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ledgram::tl {

/// Methods have no abstract type.
inline constexpr std::uint16_t kNoType = 0xffff;

class ObjectBase;

/// What the runtime knows about one constructor or method; generated, constant.
struct ConstructorInfo {
  std::uint32_t id;
  std::uint16_t type;  ///< index into the registry's types, or kNoType
  bool stored_inline;
  std::string_view name;
  // For values in handles, so nullptr without a type; destroy and copy only for those on the heap.
  void (*write)(const void* value, Writer& out);
  void (*destroy)(void* value) noexcept;
  void* (*copy)(const void* value);
  /// Reads the fields and writes them again; only without a type.
  void (*roundtrip)(Reader& in, Writer& out);
};

/// An abstract type.
struct TypeInfo {
  std::string_view name;
  void (*read)(ObjectBase& object, Reader& in);  ///< boxed, into an empty handle
};

/// All constructors and methods of one schema by id: an open hash table of a power of two slots.
struct Registry {
  const ConstructorInfo* const* slots;
  unsigned shift;  ///< the slot of an id is the top bits of its product with kMultiplier
  const TypeInfo* types;

  static constexpr std::uint32_t kMultiplier = 0x9e3779b1;  // the golden ratio, spreads neighbouring ids

  /// Nothing if no constructor and no method has this id.
  [[nodiscard]] const ConstructorInfo* find(std::uint32_t id) const {
    const std::uint32_t mask = (1U << (32 - shift)) - 1;
    for (std::uint32_t at = id * kMultiplier >> shift;; at = (at + 1) & mask) {
      const ConstructorInfo* info = slots[at];
      if (info == nullptr || info->id == id)
        return info;
    }
  }
};

class ObjectBase {
 public:
  static constexpr std::size_t kInlineSize = 16;

  ObjectBase() noexcept {}
  ObjectBase(const ObjectBase& other) { copy_from(other); }
  ObjectBase(ObjectBase&& other) noexcept { take_from(other); }
  ObjectBase& operator=(const ObjectBase& other) {
    if (this != &other)
      *this = ObjectBase(other);
    return *this;
  }
  ObjectBase& operator=(ObjectBase&& other) noexcept {
    if (this != &other) {
      clear();
      take_from(other);
    }
    return *this;
  }
  ~ObjectBase() { clear(); }

  [[nodiscard]] bool empty() const { return info_ == nullptr; }
  explicit operator bool() const { return info_ != nullptr; }

  /// Constructor id, 0 if empty.
  [[nodiscard]] std::uint32_t id() const { return info_ == nullptr ? 0 : info_->id; }

  /// Telegram's name of the constructor, "" if empty.
  [[nodiscard]] std::string_view name() const { return info_ == nullptr ? std::string_view{} : info_->name; }

  void clear() noexcept {
    if (info_ != nullptr && !info_->stored_inline)
      info_->destroy(storage_.pointer);
    info_ = nullptr;
  }

  /// Boxed: the id and the fields. An empty handle has no encoding; writing one is our own mistake.
  void write(Writer& out) const;

 protected:
  union Storage {
    Storage() {}
    void* pointer;
    alignas(8) std::byte bytes[kInlineSize];
  };

  [[nodiscard]] const void* value() const { return info_->stored_inline ? &storage_ : storage_.pointer; }
  [[nodiscard]] void* value() { return info_->stored_inline ? &storage_ : storage_.pointer; }

  void copy_from(const ObjectBase& other);
  void take_from(ObjectBase& other) noexcept {
    std::memcpy(static_cast<void*>(&storage_), &other.storage_, sizeof storage_);
    info_ = std::exchange(other.info_, nullptr);
  }

  friend struct ObjectReader;

  const ConstructorInfo* info_ = nullptr;
  Storage storage_;
};

/// True for constructors that a handle holds without a heap allocation.
template <class C>
inline constexpr bool kStoredInline =
    std::is_trivially_copyable_v<C> && sizeof(C) <= ObjectBase::kInlineSize && alignof(C) <= 8;

namespace detail {

template <class C, class... From>
C* make_on_heap(From&&... from) {
  static_assert(alignof(C) <= alignof(std::max_align_t));
  void* memory = allocate_object(sizeof(C));
  try {
    if constexpr (sizeof...(From) == 0) {
      return ::new (memory) C;
    } else {
      return ::new (memory) C(std::forward<From>(from)...);
    }
  } catch (...) {
    free_object(memory, sizeof(C));
    throw;
  }
}

}  // namespace detail

/// `Tag` has `kIndex` (of the type in its registry), `kRegistry` and `read`.
template <class Tag>
class Object : public ObjectBase {
 public:
  Object() = default;

  /// From a value of one of the type's constructors.
  template <class C>
    requires std::same_as<typename std::remove_cvref_t<C>::Type, Object>
  Object(C&& value) {  // NOLINT(google-explicit-constructor): `.peer = inputPeerUser{...}` is what this is for
    using Value = std::remove_cvref_t<C>;
    if constexpr (kStoredInline<Value>) {
      ::new (static_cast<void*>(&storage_)) Value(std::forward<C>(value));
    } else {
      storage_.pointer = detail::make_on_heap<Value>(std::forward<C>(value));
    }
    info_ = &Value::kInfo;
  }

  /// Telegram's name of the type.
  [[nodiscard]] static std::string_view type_name() { return Tag::kRegistry->types[Tag::kIndex].name; }

  template <class C>
  [[nodiscard]] bool is() const {
    static_assert(std::same_as<typename C::Type, Object>, "not a constructor of this type");
    return info_ != nullptr && info_->id == C::kId;
  }

  /// The value if it is a C, else nullptr. Belongs to the handle.
  template <class C>
  [[nodiscard]] const C* as() const {
    return is<C>() ? static_cast<const C*>(value()) : nullptr;
  }
  template <class C>
  [[nodiscard]] C* as() {
    return is<C>() ? static_cast<C*>(value()) : nullptr;
  }

  /// Boxed. Whatever the handle held is gone.
  void read(Reader& in) {
    clear();
    if (!in.enter())
      return;
    Tag::read(*this, in);
    in.leave();
  }
};

/// For generated code: what the `read` of a tag is made of. A `switch` over ids calls `fields`, since calls through
/// pointers cost ten times a direct one where the processor's branch prediction is fenced in.
struct ObjectReader {
  /// `object` is empty and becomes a C.
  template <class C>
  static void fields(ObjectBase& object, Reader& in) {
    C* value = nullptr;
    object.info_ = &C::kInfo;  // owned from now on, should anything below throw
    if constexpr (kStoredInline<C>) {
      value = ::new (static_cast<void*>(&object.storage_)) C;
    } else {
      object.storage_.pointer = nullptr;
      object.storage_.pointer = value = detail::make_on_heap<C>();
    }
    value->read_body(in);
  }

  /// `id` is no constructor of the type.
  static void refuse(Reader& in, std::uint32_t id, const Registry& registry, std::uint16_t type);
};

namespace detail {

template <class C>
struct Operations {
  static void write(const void* value, Writer& out) { static_cast<const C*>(value)->write_body(out); }
  static void destroy(void* value) noexcept {
    if (value == nullptr)
      return;
    static_cast<C*>(value)->~C();
    free_object(value, sizeof(C));
  }
  static void* copy(const void* value) { return make_on_heap<C>(*static_cast<const C*>(value)); }
  static void roundtrip(Reader& in, Writer& out) {
    C value;
    value.read_body(in);
    if (in.ok())
      value.write_body(out);
  }
};

}  // namespace detail

/// For generated code: the entry of a constructor of an abstract type.
template <class C>
constexpr ConstructorInfo make_info(std::uint16_t type) {
  using Of = detail::Operations<C>;
  if constexpr (kStoredInline<C>)
    return {C::kId, type, true, C::kName, &Of::write, nullptr, nullptr, nullptr};
  return {C::kId, type, false, C::kName, &Of::write, &Of::destroy, &Of::copy, nullptr};
}

/// For generated code: the entry of a method, or of a constructor of `Object`.
template <class C>
constexpr ConstructorInfo make_open_info() {
  return {C::kId, kNoType, false, C::kName, nullptr, nullptr, nullptr, &detail::Operations<C>::roundtrip};
}

/// Reads one boxed object, of whichever constructor or method, and writes it again. False if the bytes cannot be read;
/// the reader says why. For tests and fuzzing.
bool roundtrip(const Registry& registry, Reader& in, Writer& out);

}  // namespace ledgram::tl
