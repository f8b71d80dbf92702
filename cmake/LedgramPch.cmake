# Precompiled headers that targets share.
#
# ledgram_use_asio_pch(target ...)
#
# Boost.Asio with coroutines costs seconds in every file that includes it. Floor net compiles it once into a
# precompiled header (src/net/asio.hpp); targets that include "ledgram/net/asio.hpp" a lot reuse that one. A target
# that uses it must link ledgram::net. Tests get it together with GoogleTest.
function(ledgram_use_asio_pch)
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      if(target MATCHES "_test$")
        target_precompile_headers(${target} REUSE_FROM ledgram_asio_test_pch)
      else()
        target_precompile_headers(${target} REUSE_FROM ledgram_net)
      endif()
    endif()
  endforeach()
endfunction()

if(LEDGRAM_TESTS)
  # What every test program is compiled with. A test is compiled much more often than it runs: -O1 takes a third off.
  add_library(ledgram_test_flags INTERFACE)
  target_link_libraries(ledgram_test_flags INTERFACE ledgram_flags GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(ledgram_test_flags INTERFACE
    $<$<CONFIG:Release>:-O1>
    # At -O1 GCC 12 inlines one half of how Asio allocates a coroutine's frame and misses the other half, and takes the
    # bytes of an empty tl::Object that are moved along for a mistake.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized>)

  set(empty ${CMAKE_BINARY_DIR}/generated/empty.cpp)
  file(CONFIGURE OUTPUT ${empty} CONTENT "" @ONLY)

  add_library(ledgram_test_pch OBJECT ${empty})
  target_link_libraries(ledgram_test_pch PRIVATE ledgram_test_flags)
  target_precompile_headers(ledgram_test_pch PRIVATE <gmock/gmock.h> <gtest/gtest.h>)

  add_library(ledgram_asio_test_pch OBJECT ${empty})
  target_link_libraries(ledgram_asio_test_pch PRIVATE ledgram_test_flags ledgram::net fmt::fmt)
  target_precompile_headers(ledgram_asio_test_pch PRIVATE
    <ledgram/net/asio.hpp> <fmt/format.h> <gmock/gmock.h> <gtest/gtest.h>)
endif()
