/// Single functions on the path of a message, with Google Benchmark: `ledgram-bench micro`.

#include "ledgram/base/random.hpp"
#include "ledgram/crypto/aes.hpp"
#include "ledgram/crypto/sealed.hpp"
#include "ledgram/tl/api.hpp"
#include "ledgram/tl/codec.hpp"

#include <benchmark/benchmark.h>

#include <numeric>
#include <string>

namespace {

using namespace ledgram;
namespace api = tl::api;

constexpr int kMessagesInAPage = 100;

/// Words that make about 750 bytes of UTF-8, two thirds of them Cyrillic, as in the channels this is meant for.
std::string post_text() {
  std::string text;
  while (text.size() < 750)
    text += "Новые правила учёта вступают в силу with the new year, ";
  text.resize(750);
  return text;
}

/// A page of history as a channel's getHistory answers it.
Bytes history_page() {
  api::messages_channelMessages page;
  page.count = kMessagesInAPage;
  for (int i = 0; i < kMessagesInAPage; ++i) {
    api::message message;
    message.post = true;
    message.id = 1000 - i;
    message.from_id = api::peerChannel{.channel_id = 1'365'520'584};
    message.peer_id = api::peerChannel{.channel_id = 1'365'520'584};
    message.date = 1'700'000'000 + i;
    message.message = post_text();
    message.views = 12'345;
    message.forwards = 67;
    message.entities.emplace();
    message.entities->push_back(api::messageEntityBold{.offset = 0, .length = 10});
    message.entities->push_back(api::messageEntityUrl{.offset = 20, .length = 30});
    message.entities->push_back(api::messageEntityHashtag{.offset = 60, .length = 8});
    page.messages.push_back(std::move(message));
  }
  return tl::serialize(api::messages_Messages(std::move(page)));
}

void tl_decode_history_page(benchmark::State& state) {
  const Bytes bytes = history_page();
  for (auto _ : state) {
    auto page = tl::parse<api::messages_Messages>(bytes);
    if (!page)
      state.SkipWithError(page.error().message.c_str());
    benchmark::DoNotOptimize(page);
  }
  state.counters["time_per_message"] = benchmark::Counter(static_cast<double>(state.iterations()) * kMessagesInAPage,
                                                          benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(tl_decode_history_page);

void tl_encode_history_page(benchmark::State& state) {
  const auto page = tl::parse<api::messages_Messages>(history_page());
  for (auto _ : state)
    benchmark::DoNotOptimize(tl::serialize(*page));
  state.counters["time_per_message"] = benchmark::Counter(static_cast<double>(state.iterations()) * kMessagesInAPage,
                                                          benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(tl_encode_history_page);

using IgeFunction = void (*)(const crypto::AesKey&, const crypto::AesIgeIv&, ByteView, MutableByteView);

void aes_ige(benchmark::State& state, IgeFunction function) {
  SeededRandom random(1);
  Bytes data = random.bytes(1 << 20);
  crypto::AesKey key{};
  crypto::AesIgeIv iv{};
  random.fill(key);
  random.fill(iv);
  for (auto _ : state) {
    function(key, iv, data, data);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(data.size()));
}
BENCHMARK_CAPTURE(aes_ige, encrypt, &crypto::aes_ige_encrypt);
BENCHMARK_CAPTURE(aes_ige, decrypt, &crypto::aes_ige_decrypt);

}  // namespace
