# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The programs, their documents, the examples and the benchmarks.
set(HF_BIN_DIR ${PROJECT_BINARY_DIR}/bin)
set(HF_PROGRAMS "" CACHE INTERNAL "")

add_custom_target(programs)

# hf_program(NAME program LIBRARY library NEEDS libraries...)
# apps/<program>: everything but main.c is a library, so that tests can link it.
function(hf_program)
  cmake_parse_arguments(arg "" "NAME;LIBRARY" "NEEDS" ${ARGN})
  set(folder ${PROJECT_SOURCE_DIR}/apps/${arg_NAME})
  hf_glob(sources ${folder}/*.c)
  list(REMOVE_ITEM sources ${folder}/main.c)
  if(sources)
    add_library(${arg_LIBRARY} STATIC ${sources})
    target_include_directories(${arg_LIBRARY} PUBLIC ${folder} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${arg_LIBRARY} PUBLIC ${arg_NEEDS} PRIVATE hf_host_flags)
  else()
    add_library(${arg_LIBRARY} INTERFACE)
    target_link_libraries(${arg_LIBRARY} INTERFACE ${arg_NEEDS})
  endif()
  if(EXISTS ${folder}/main.c)
    add_executable(${arg_NAME} ${folder}/main.c)
    target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBRARY} hf_host_flags)
    set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${HF_BIN_DIR})
    set(HF_PROGRAMS ${HF_PROGRAMS} ${arg_NAME} CACHE INTERNAL "")
    add_dependencies(programs ${arg_NAME})
  endif()
endfunction()

pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
hf_program(NAME holdfast LIBRARY hf_cli
  NEEDS hf_client hf_crypto hf_port_posix PkgConfig::JANSSON)

# The daemon is threads; a build without them has no daemon.
if(HF_CFG_THREADSAFE)
  pkg_check_modules(CONFUSE REQUIRED IMPORTED_TARGET libconfuse)
  pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
  hf_program(NAME holdfastd LIBRARY hf_daemon
    NEEDS hf_all PkgConfig::CONFUSE PkgConfig::SYSTEMD)
endif()

# hf_executable(target source folder libraries...): one file, one program.
function(hf_executable target source folder)
  cmake_path(GET source STEM name)
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE ${ARGN} hf_host_flags)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${folder})
endfunction()

hf_glob(examples ${PROJECT_SOURCE_DIR}/examples/*.c)
foreach(source IN LISTS examples)
  cmake_path(GET source STEM name)
  hf_executable(example_${name} ${source} examples hf_all)
endforeach()

# The program in README.md is an example, too: it is cut out and compiled as it stands there.
set(readme ${PROJECT_SOURCE_DIR}/README.md)
if(EXISTS ${readme})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${readme})
  file(READ ${readme} text)
  string(FIND "${text}" "```c\n" start)
  if(start GREATER -1)
    math(EXPR start "${start} + 5")
    string(SUBSTRING "${text}" ${start} -1 text)
    string(FIND "${text}" "```" end)
    string(SUBSTRING "${text}" 0 ${end} text)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/examples/readme.c CONTENT "@text@" @ONLY)
    hf_executable(example_readme ${PROJECT_BINARY_DIR}/examples/readme.c examples hf_all)
  endif()
endif()

# The benchmarks compare threads and processes: none in a build without threads.
if(HF_CFG_THREADSAFE)
  hf_glob(bench_sources ${PROJECT_SOURCE_DIR}/bench/*.c)
  set(bench_programs ${bench_sources})
  list(FILTER bench_programs INCLUDE REGEX "/bench_[^/]*\\.c$")
  if(bench_programs)
    list(REMOVE_ITEM bench_sources ${bench_programs})
  endif()
  if(bench_sources)
    add_library(hf_bench STATIC ${bench_sources})
    target_include_directories(hf_bench PUBLIC
      ${PROJECT_SOURCE_DIR}/bench ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(hf_bench PUBLIC hf_daemon hf_all PkgConfig::JANSSON
      PRIVATE hf_host_flags)
  else()
    add_library(hf_bench INTERFACE)
    target_link_libraries(hf_bench INTERFACE hf_daemon hf_all)
  endif()
  add_custom_target(bench_programs)
  foreach(source IN LISTS bench_programs)
    cmake_path(GET source STEM name)
    hf_executable(${name} ${source} bench hf_bench)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    add_dependencies(bench_programs ${name})
  endforeach()
endif()

# Man pages: docs/man/NAME.SECTION.scd (or beside the program) become man/NAME.SECTION.
file(GLOB_RECURSE man_sources CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/docs/*.scd ${PROJECT_SOURCE_DIR}/apps/*.scd)
find_program(HF_SCDOC scdoc)
mark_as_advanced(HF_SCDOC)
set(HF_MAN_PAGES "")
if(HF_SCDOC)
  foreach(source IN LISTS man_sources)
    cmake_path(GET source STEM LAST_ONLY name)
    set(page ${PROJECT_BINARY_DIR}/man/${name})
    add_custom_command(OUTPUT ${page} DEPENDS ${source}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/man
      COMMAND ${HF_SCDOC} < ${source} > ${page}
      COMMENT "Man page ${name}" VERBATIM)
    list(APPEND HF_MAN_PAGES ${page})
  endforeach()
  if(HF_MAN_PAGES)
    add_custom_target(man ALL DEPENDS ${HF_MAN_PAGES})
    add_dependencies(programs man)
  endif()
endif()
