#pragma once

/// Builds a text with entities from front to back, counting UTF-16 offsets.

#include "ledgram/sim_content/post.hpp"
#include "ledgram/sim_content/text.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace ledgram::sim {

class RichTextBuilder {
 public:
  /// Appends to what `post` holds already; the post must outlive the builder.
  explicit RichTextBuilder(Post& post) : post_(post), units_(utf16_length(post.text)) {}

  void add(std::string_view text) {
    post_.text += text;
    units_ += utf16_length(text);
  }

  /// Appends a text and marks it. An empty text makes no entity.
  void add(std::string_view text, Entity entity) {
    entity.offset = units_;
    add(text);
    entity.length = units_ - entity.offset;
    if (entity.length > 0)
      post_.entities.push_back(std::move(entity));
  }

  void add(std::string_view text, EntityKind kind) { add(text, Entity{.kind = kind, .value = {}}); }

  [[nodiscard]] std::int32_t units() const { return units_; }

 private:
  Post& post_;
  std::int32_t units_;
};

}  // namespace ledgram::sim
