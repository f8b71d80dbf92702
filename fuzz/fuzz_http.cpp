/// Requests of HTTP clients: whatever the bytes are and however they are cut, the reader ends with requests or a
/// refusal, and the same bytes give the same requests however they were cut.

#include "ledgram/http/request_reader.hpp"
#include "ledgram/http/target.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace ledgram;
using State = http::RequestReader::State;

constexpr http::ReadLimits kLimits{.header_bytes = 1024, .target_bytes = 256, .body_bytes = 2048};

struct Outcome {
  std::string requests;  ///< method, target and body of each
  bool refused = false;
};

Outcome read_all(std::string_view input, std::size_t piece) {
  http::RequestReader reader(kLimits);
  std::string all;
  while (!input.empty() && reader.state() != State::Refused) {
    const std::size_t count = std::min(piece, input.size());
    reader.feed(input.substr(0, count));
    input.remove_prefix(count);
    while (reader.state() == State::Done) {
      const http::RawRequest& request = reader.request();
      all += request.method + " " + request.target + " " + request.body + "\n";
      const auto target = http::parse_target(request.target);
      all += target ? std::to_string(target->segments.size() + target->query.size()) : "-";
      reader.next();
    }
  }
  return {std::move(all), reader.state() == State::Refused};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1)
    return 0;
  const std::string_view input(reinterpret_cast<const char*>(data + 1), size - 1);
  const Outcome in_pieces = read_all(input, std::size_t{data[0]} + 1);
  const Outcome whole = read_all(input, size);
  // What is wrong or too long may be noticed sooner or later: a header that comes in pieces is not looked at before its
  // end is there.
  const bool same = in_pieces.requests == whole.requests;
  const bool excused = (in_pieces.refused && whole.requests.starts_with(in_pieces.requests)) ||
                       (whole.refused && in_pieces.requests.starts_with(whole.requests));
  if (!same && !excused)
    std::abort();
  return 0;
}
