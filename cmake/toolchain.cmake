# Compiler settings that every target shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

option(ENGRAM_WERROR "Treat warnings as errors" ON)
set(ENGRAM_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread")

add_library(engram_options INTERFACE)
# -ffp-contract=off: the same sum must give the same bits on every compiler and CPU.
target_compile_options(engram_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                       -Wno-sign-conversion -ffp-contract=off -fno-fast-math
                       # g++ 12 sees overlaps in std::string's operator+ where there are none
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
                       # and an uninitialised variant inside KJ's own ExceptionOr
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
                       $<$<BOOL:${ENGRAM_WERROR}>:-Werror>)
if(ENGRAM_SANITIZE)
  target_compile_options(engram_options INTERFACE -fsanitize=${ENGRAM_SANITIZE}
                         -fno-omit-frame-pointer -g1
                         # g++'s flow analysis misjudges instrumented code
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-free-nonheap-object>
                         # Asio's fences, which TSan does not see; its queue's mutex it does
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  target_link_options(engram_options INTERFACE -fsanitize=${ENGRAM_SANITIZE})
  if(ENGRAM_SANITIZE MATCHES "undefined")
    # CAF binds null references in its type tables; the rest of UBSan stays fatal.
    target_compile_options(engram_options INTERFACE -fno-sanitize=null -fno-sanitize-recover=all)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
