# engram_component(NAME DEPENDS folders... PRIVATE third-party... PUBLIC third-party...)
#
# One folder is one library engram_NAME of all its sources, and one doctest program NAME_test of its
# *_test.cpp (and *_fuzz.cpp, run with fixed seeds). Third-party code is PRIVATE unless a header
# needs it. The architecture's include table is repeated here so that a wrong link fails at
# configure time.
set(ENGRAM_ALLOWED_base "")
set(ENGRAM_ALLOWED_schema "")
set(ENGRAM_ALLOWED_memory base)
set(ENGRAM_ALLOWED_membership base)
set(ENGRAM_ALLOWED_storage base schema)
set(ENGRAM_ALLOWED_actors base memory membership storage)
set(ENGRAM_ALLOWED_client base schema)
set(ENGRAM_ALLOWED_jepsen base client)
set(ENGRAM_ALLOWED_node base schema memory membership storage actors client)

function(engram_component NAME)
  cmake_parse_arguments(ARG "" "" "DEPENDS;PRIVATE;PUBLIC;EXCLUDE" ${ARGN})
  foreach(dependency IN LISTS ARG_DEPENDS)
    if(NOT dependency IN_LIST ENGRAM_ALLOWED_${NAME})
      message(FATAL_ERROR "${NAME}/ may not depend on ${dependency}/ (docs/architecture.md)")
    endif()
  endforeach()

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "(_test|_fuzz)\\.cpp$")
  foreach(pattern IN LISTS ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX ${pattern})
  endforeach()

  list(TRANSFORM ARG_DEPENDS PREPEND engram_ OUTPUT_VARIABLE folders)
  if(sources)
    add_library(engram_${NAME} STATIC ${sources})
    target_include_directories(engram_${NAME} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(engram_${NAME} PUBLIC ${folders} ${ARG_PUBLIC}
                          PRIVATE engram_options ${ARG_PRIVATE})
  else()
    add_library(engram_${NAME} INTERFACE)
    target_include_directories(engram_${NAME} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(engram_${NAME} INTERFACE ${folders} ${ARG_PUBLIC})
  endif()

  if(tests)
    add_executable(${NAME}_test ${tests} ${PROJECT_SOURCE_DIR}/tests/support/doctest_main.cpp)
    target_link_libraries(${NAME}_test PRIVATE engram_${NAME} engram_options doctest::doctest
                          ${ARG_PRIVATE})
    add_test(NAME ${NAME} COMMAND ${NAME}_test)
    set_tests_properties(${NAME} PROPERTIES LABELS unit TIMEOUT 300)
  endif()
endfunction()
