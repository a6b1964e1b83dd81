# SPDX-License-Identifier: AGPL-3.0-or-later
# A room is a folder under src/: one static library, its tests in one program beside it, and a check that
# every header compiles alone.
#
#   dragoman_room(NAME [ROOMS r...] [LIBS target...] [SOURCES extra.cc...] [TEST_LIBS target...])
#
# Tests are NAME_test (label fast), and, for files ending in _slow_test.cc, NAME_slow_test (label slow).
include(GoogleTest)

# All rooms' fast tests and nothing else: what the sanitizers' build makes (script/test).
add_custom_target(fast_tests)

function(dragoman_room name)
  cmake_parse_arguments(ROOM "" "" "ROOMS;LIBS;SOURCES;TEST_LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(slow_tests ${tests})
  list(FILTER slow_tests INCLUDE REGEX "_slow_test\\.cc$")
  list(FILTER tests EXCLUDE REGEX "_slow_test\\.cc$")

  add_library(dragoman_${name} STATIC ${sources} ${ROOM_SOURCES})
  target_include_directories(dragoman_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  foreach(room IN LISTS ROOM_ROOMS)
    target_link_libraries(dragoman_${name} PUBLIC dragoman_${room})
  endforeach()
  target_link_libraries(dragoman_${name} PUBLIC ${ROOM_LIBS})

  dragoman_room_tests(${name}_test fast "${tests}" "${ROOM_TEST_LIBS}" ${name})
  dragoman_room_tests(${name}_slow_test slow "${slow_tests}" "${ROOM_TEST_LIBS}" ${name})
  dragoman_headers_alone(${name})
endfunction()

function(dragoman_room_tests target label files libs room)
  if(NOT files)
    return()
  endif()
  add_executable(${target} ${files})
  target_link_libraries(${target} PRIVATE dragoman_${room} ${libs} GTest::gtest GTest::gtest_main)
  target_compile_definitions(${target} PRIVATE DRAGOMAN_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                               DRAGOMAN_BINARY_DIR="${CMAKE_BINARY_DIR}")
  gtest_discover_tests(${target} PROPERTIES LABELS ${label} DISCOVERY_TIMEOUT 60)
  if(label STREQUAL fast)
    add_dependencies(fast_tests ${target})
  endif()
endfunction()

# Each header is compiled on its own, in one object library per room.
function(dragoman_headers_alone name)
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/src ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  set(units "")
  foreach(header IN LISTS headers)
    string(REPLACE "/" "_" unit ${header})
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/alone/${unit}.cc)
    file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${header}\"\n" @ONLY)
    list(APPEND units ${unit})
  endforeach()
  if(units)
    add_library(dragoman_${name}_headers OBJECT ${units})
    target_link_libraries(dragoman_${name}_headers PRIVATE dragoman_${name})
  endif()
endfunction()
