#include "ledgram/api/reference_files.hpp"

// The linker's own words are the shortest way to put a file into a program; LEDGRAM_REFERENCE is its folder.
#ifdef LEDGRAM_REFERENCE
asm(".section .rodata\n"
    ".global ledgram_reference_script, ledgram_reference_script_end\n"
    ".global ledgram_reference_style, ledgram_reference_style_end\n"
    "ledgram_reference_script: .incbin \"" LEDGRAM_REFERENCE
    "/swagger-ui-bundle.js.gz\"\n"
    "ledgram_reference_script_end:\n"
    "ledgram_reference_style: .incbin \"" LEDGRAM_REFERENCE
    "/swagger-ui.css.gz\"\n"
    "ledgram_reference_style_end:\n"
    ".previous\n");

extern "C" {
extern const char ledgram_reference_script[];
extern const char ledgram_reference_script_end[];
extern const char ledgram_reference_style[];
extern const char ledgram_reference_style_end[];
}
#endif

namespace ledgram::api {

ReferenceFiles reference_files() {
#ifdef LEDGRAM_REFERENCE
  return {{ledgram_reference_script, ledgram_reference_script_end},
          {ledgram_reference_style, ledgram_reference_style_end}};
#else
  return {};
#endif
}

}  // namespace ledgram::api
