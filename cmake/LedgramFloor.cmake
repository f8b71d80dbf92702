# ledgram_floor(NAME base SOURCES a.cpp ... [TESTS a_test.cpp ...] [DEPS ledgram::x ...] [PRIVATE_DEPS lib ...])
#
# One library target a floor. Its headers are seen by others as "ledgram/NAME/file.hpp", and only by targets
# that link it: the include folder is made in the build tree and holds nothing but this floor, so an include
# of a floor that is not linked fails to compile.
function(ledgram_floor)
  cmake_parse_arguments(F "" "NAME" "SOURCES;TESTS;DEPS;PRIVATE_DEPS;TEST_DEPS" ${ARGN})
  set(target ledgram_${F_NAME})
  set(include_root ${CMAKE_BINARY_DIR}/include/${F_NAME})
  file(MAKE_DIRECTORY ${include_root}/ledgram)
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${include_root}/ledgram/${F_NAME} SYMBOLIC)

  add_library(${target} STATIC ${F_SOURCES})
  add_library(ledgram::${F_NAME} ALIAS ${target})
  target_include_directories(${target} PUBLIC ${include_root})
  target_link_libraries(${target} PUBLIC ${F_DEPS} PRIVATE ledgram_flags ${F_PRIVATE_DEPS})

  if(LEDGRAM_TESTS AND F_TESTS)
    ledgram_test(NAME ${F_NAME}_test SOURCES ${F_TESTS} DEPS ${target} ${F_TEST_DEPS})
  endif()
endfunction()

# ledgram_test(NAME x_test SOURCES ... DEPS ... [LABELS slow] [TIMEOUT seconds])
function(ledgram_test)
  cmake_parse_arguments(T "" "NAME;TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_executable(${T_NAME} ${T_SOURCES})
  target_link_libraries(${T_NAME} PRIVATE ${T_DEPS} ledgram_test_flags)
  target_precompile_headers(${T_NAME} REUSE_FROM ledgram_test_pch)
  gtest_discover_tests(${T_NAME} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}")
endfunction()
