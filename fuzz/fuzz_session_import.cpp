/// Sessions of other programs come from people's disks, and from people who were handed them: whatever they hold,
/// reading them ends soon with a session or an error. The first byte chooses the reader.

#include "ledgram/crypto/md5.hpp"
#include "ledgram/sessions/session_file.hpp"
#include "ledgram/sessions/session_string.hpp"
#include "ledgram/sessions/tdata.hpp"
#include "ledgram/sessions/tdata_file.hpp"
#include "ledgram/sessions/tdata_key.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace {

using namespace ledgram;

/// A right checksum, so that what is inside gets looked at.
Bytes framed(ByteView content) {
  ByteArray<4> size{};
  store_le32(size, static_cast<std::uint32_t>(content.size()));
  const ByteArray<4> version{};
  Bytes file;
  append(file, as_bytes("TDF$"));
  append(file, version);
  append(file, content);
  append(file, crypto::md5({content, size, version, as_bytes("TDF$")}));
  return file;
}

void check(const sessions::SessionsResult<sessions::ForeignSession>& session) {
  if (session && (session->dc.value() < 1 || session->dc.value() > 255))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const ByteView input(data + 1, size - 1);
  // Never with a passcode: its check is slow on purpose.
  switch (data[0] % 6) {
    case 0:
      check(sessions::parse_session_string(as_text(input)));
      break;
    case 1:
      check(sessions::parse_session_file(Bytes(input.begin(), input.end())));
      break;
    case 2:
      (void)sessions::open_tdata_file(input);
      break;
    case 3:
      (void)sessions::open_tdata_key(input, SecretText());
      break;
    case 4:
      check(sessions::parse_tdata_login(input));
      break;
    default: {
      const auto reader = [&input](std::string_view) -> std::optional<Bytes> { return framed(input); };
      const auto accounts = sessions::read_tdata(reader, SecretText());
      for (std::size_t i = 0; accounts && i < accounts->size(); ++i)
        check((*accounts)[i].session);
    }
  }
  return 0;
}
