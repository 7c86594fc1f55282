# Defects on purpose (base/planted.hpp), for showing that the tests of whole clusters find them.
# Only the files that ask for one are compiled another way: the rest is what is shipped.
option(ENGRAM_PLANTED_DEFECTS "Defects that ENGRAM_PLANTED names, for tests of tests" OFF)
if(ENGRAM_PLANTED_DEFECTS)
  foreach(folder base memory membership storage actors client node)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
    foreach(source IN LISTS sources)
      file(STRINGS ${source} asks REGEX "base/planted.hpp")
      if(asks)
        set_source_files_properties(${source} DIRECTORY ${folder}
                                    PROPERTIES COMPILE_DEFINITIONS ENGRAM_PLANTED_DEFECTS)
      endif()
    endforeach()
  endforeach()
endif()
