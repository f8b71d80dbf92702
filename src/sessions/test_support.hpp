#pragma once

/// What the tests of this floor share: the fixtures in tests/fixtures/sessions and the keys in them.

#include "ledgram/base/bytes.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/crypto/hash.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace ledgram::sessions {

inline std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(LEDGRAM_SESSION_FIXTURES) / name;
}

/// Nothing if there is no such file.
inline std::optional<Bytes> file_content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const ByteView bytes = as_bytes(text);
  return Bytes(bytes.begin(), bytes.end());
}

/// The key of a fixture's label, as make_fixture.py computes it.
inline crypto::AuthKey key_of(const std::string& label) {
  Bytes key;
  for (int i = 0; i < 8; ++i)
    append(key, crypto::sha256(as_bytes(label + " " + std::to_string(i))));
  return crypto::AuthKey::from_bytes(key).value();
}

}  // namespace ledgram::sessions
