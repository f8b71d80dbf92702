/// tlgen: C++ from a TL schema. Run by the build, see src/tl/CMakeLists.txt.
///
///     tlgen SCHEMA.tl SPACE SHARDS OUT_DIR
///
/// writes OUT_DIR/include/ledgram/tl/SPACE.hpp, OUT_DIR/SPACE_registry.cpp and OUT_DIR/SPACE_N.cpp for N below SHARDS.
/// A file whose text would stay the same is left alone, so that nothing is compiled again because of it.

#include "ledgram/tl/schema.hpp"

#include "generator.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>

namespace ledgram::tlgen {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw std::runtime_error(fmt::format("cannot open {}", path.string()));
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  if (std::filesystem::exists(path) && read_file(path) == text)
    return;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out)
    throw std::runtime_error(fmt::format("cannot write {}", path.string()));
}

void run(const std::filesystem::path& schema_file, std::string_view space, std::size_t shards,
         const std::filesystem::path& to) {
  const Result<tl::Schema, tl::TlError> schema = tl::Schema::parse(read_file(schema_file));
  if (!schema)
    throw std::runtime_error(fmt::format("{}: {}", schema_file.string(), schema.error().message));
  const Generator generator(*schema, space);
  if (const std::string clash = generator.name_clash(); !clash.empty()) {
    throw std::runtime_error(fmt::format("{}: {}", schema_file.string(), clash));
  }
  write_file(to / "include/ledgram/tl" / fmt::format("{}.hpp", space), generator.header());
  write_file(to / fmt::format("{}_registry.cpp", space), generator.registry());
  for (std::size_t i = 0; i < shards; ++i) {
    write_file(to / fmt::format("{}_{}.cpp", space, i), generator.shard(i, shards));
  }
}

}  // namespace
}  // namespace ledgram::tlgen

int main(int count, char** values) {
  const std::span<char*> arguments(values, static_cast<std::size_t>(count));
  std::size_t shards = 0;
  if (count == 5) {
    const std::string_view text = arguments[3];
    std::from_chars(text.data(), text.data() + text.size(), shards);
  }
  if (shards == 0) {
    fmt::print(stderr, "usage: tlgen SCHEMA.tl SPACE SHARDS OUT_DIR\n");
    return 2;
  }
  try {
    ledgram::tlgen::run(arguments[1], arguments[2], shards, arguments[4]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "tlgen: {}\n", error.what());
    return 1;
  }
  return 0;
}
