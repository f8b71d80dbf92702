#pragma once

/// SHA-256 of what comes in pieces, such as a file that is longer than the memory.

#include "ledgram/base/bytes.hpp"
#include "ledgram/crypto/hash.hpp"

#include <memory>

struct evp_md_ctx_st;

namespace ledgram::crypto {

class Sha256Stream {
 public:
  Sha256Stream();

  void add(ByteView piece);

  /// The digest of everything added; the stream starts anew after it.
  Sha256Digest finish();

 private:
  struct FreeContext {
    void operator()(evp_md_ctx_st* context) const;
  };

  std::unique_ptr<evp_md_ctx_st, FreeContext> context_;
};

}  // namespace ledgram::crypto
