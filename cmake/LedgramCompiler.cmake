# Compiler flags, sanitizers, linker, compiler cache and the shared precompiled headers.

add_library(ledgram_flags INTERFACE)
target_compile_options(ledgram_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these wrongly inside its own coroutine frames, std::expected, std::string and std::vector (its bugs
  # 105593 and 105651, for example); clang checks what they are for.
  target_compile_options(ledgram_flags INTERFACE
    -Wno-null-dereference -Wno-maybe-uninitialized -Wno-missing-field-initializers -Wno-restrict -Wno-array-bounds
    -Wno-stringop-overread -Wno-stringop-overflow)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # libstdc++ 12 uses a function in std::stable_sort that it marks as deprecated; GCC still checks our own uses.
  target_compile_options(ledgram_flags INTERFACE
    -Wno-missing-field-initializers -Wno-missing-designated-field-initializers -Wno-deprecated-declarations)
endif()

option(LEDGRAM_WERROR "Warnings are errors" ON)
if(LEDGRAM_WERROR)
  target_compile_options(ledgram_flags INTERFACE -Werror)
endif()

if(LEDGRAM_SANITIZE)
  add_compile_options(-fsanitize=${LEDGRAM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${LEDGRAM_SANITIZE} -fno-sanitize-recover=all)
endif()
if(LEDGRAM_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(LEDGRAM_MOLD mold)
if(LEDGRAM_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_program(LEDGRAM_CCACHE ccache)
if(LEDGRAM_CCACHE)
  # ccache needs these to cache translation units that use a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${LEDGRAM_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  else()
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()
