# ledgram_use_asio_pch(target ...)
#
# Boost.Asio with coroutines costs seconds in every file that includes it. Floor net compiles it once into a
# precompiled header (src/net/asio.hpp); targets that include "ledgram/net/asio.hpp" a lot reuse that one. A target
# that uses it must link ledgram::net.
function(ledgram_use_asio_pch)
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      target_precompile_headers(${target} REUSE_FROM ledgram_net)
    endif()
  endforeach()
endfunction()
