# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The tests. Each program is a ctest entry <folder>/<file name>, with the folder's label:
#
#   tests/unit/<module>/test_*.c   unit; linked with that module and those below it only
#                                  (the same for <module>_<what>). Other files of the folder
#                                  are linked into each of them.
#   tests/suite/*.c                library hf_suite: platform-free drivers
#   tests/harness/run_*.c          suite; the other files of the folder are hf_harness
#   tests/stress/stress_*.c        stress; the other files of the folder are hf_stress
#   tests/<kind>/test_*.c          explore, powercut: like stress
#   tests/vectors/files.txt        vectors; one entry for each line, run by one program
#   tests/app/test_*.sh            app; HF_BIN_DIR, HF_SOURCE_DIR in the environment
#   tests/compile_fail/*.c         must not compile (clang)
#
# Without threads (HF_CFG_THREADSAFE=OFF) there is no daemon, no stress, no app, and no file
# named *_threads.c. Such a file may use threads: it also gets the port.
pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
if(NOT CMOCKA_FOUND)
  message(WARNING "cmocka is missing (tools/setup test installs it): no tests are built")
  return()
endif()

set(tests ${PROJECT_SOURCE_DIR}/tests)
set(HF_TIMEOUT_unit 150) # what ends a program that hangs; the longest takes a tenth of it
set(HF_TIMEOUT_suite 180)
set(HF_TIMEOUT_stress 240)
set(HF_TIMEOUT_explore 240)
set(HF_TIMEOUT_powercut 240)
set(HF_TIMEOUT_app 120)
set(HF_TIMEOUT_vectors 240)
set(timeout_factor 1)
set(environment "")
if(HF_SANITIZE)
  set(timeout_factor 4)
  set(environment
    "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1"
    "ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1"
    "UBSAN_OPTIONS=print_stacktrace=1")
endif()

# One ctest entry. hf_test(name label command...)
function(hf_test name label)
  add_test(NAME ${name} COMMAND ${ARGN})
  math(EXPR timeout "${HF_TIMEOUT_${label}} * ${timeout_factor}")
  set_tests_properties(${name} PROPERTIES
    LABELS ${label} TIMEOUT ${timeout}
    ENVIRONMENT "${environment};HF_BIN_DIR=${HF_BIN_DIR};HF_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
endfunction()

# One test program. hf_test_program(label group source libraries...)
function(hf_test_program label group source)
  cmake_path(GET source STEM name)
  string(REPLACE "/" "_" target ${group}_${name})
  hf_executable(${target} ${source} tests/${group} ${ARGN} PkgConfig::CMOCKA)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  if(name MATCHES "_threads$")
    target_link_libraries(${target} PRIVATE hf_port_posix)
  endif()
  string(REPLACE "/" "_" group_target ${group})
  add_dependencies(${group_target} ${target})
  hf_test(${group}/${name} ${label} $<TARGET_FILE:${target}>)
endfunction()

# A library of what the programs of a folder share. hf_test_library(name libraries... FILES files...)
function(hf_test_library name)
  cmake_parse_arguments(arg "" "" "FILES;NEEDS" ${ARGN})
  if(NOT arg_FILES)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${arg_NEEDS})
    return()
  endif()
  add_library(${name} STATIC ${arg_FILES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PUBLIC ${arg_NEEDS} PkgConfig::CMOCKA PRIVATE hf_host_flags)
endfunction()

# What the tests of a module may use beyond the module itself.
set(HF_UNIT_posix hf_port_posix)
set(HF_UNIT_openssl hf_crypto_openssl hf_port_posix)
set(HF_UNIT_lms hf_lms hf_crypto_openssl)
set(HF_UNIT_services hf_services hf_crypto_openssl)
set(HF_UNIT_server hf_all)
set(HF_UNIT_server_powercut unit_server_shared unit_nvm_powercut_shared hf_all)
set(HF_UNIT_client hf_all)
set(HF_UNIT_daemon hf_daemon hf_all)
set(HF_UNIT_cli hf_cli hf_all)

# The libraries for the tests of a folder: nvm and nvm_powercut both test the module nvm.
function(hf_unit_libraries out folder)
  set(${out} "" PARENT_SCOPE)
  while(folder)
    if(DEFINED HF_UNIT_${folder})
      set(${out} ${HF_UNIT_${folder}} PARENT_SCOPE)
      return()
    elseif(TARGET hf_${folder})
      set(${out} hf_${folder} PARENT_SCOPE)
      return()
    elseif(NOT folder MATCHES "_")
      return()
    endif()
    string(REGEX REPLACE "_[^_]*$" "" folder ${folder})
  endwhile()
endfunction()

add_custom_target(unit)
file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true ${tests}/unit/*)
foreach(folder IN LISTS folders)
  cmake_path(GET folder FILENAME module)
  if(NOT IS_DIRECTORY ${folder} OR (module STREQUAL "daemon" AND NOT HF_CFG_THREADSAFE))
    continue()
  endif()
  hf_glob(shared ${folder}/*.c)
  set(programs ${shared})
  list(FILTER programs INCLUDE REGEX "/test_[^/]*\\.c$")
  list(FILTER shared EXCLUDE REGEX "/test_[^/]*\\.c$")
  hf_unit_libraries(libraries ${module})
  if(NOT libraries)
    message(WARNING "tests/unit/${module} belongs to no module")
    continue()
  endif()
  add_custom_target(unit_${module})
  add_dependencies(unit unit_${module})
  hf_test_library(unit_${module}_shared FILES ${shared} NEEDS ${libraries})
  foreach(source IN LISTS programs)
    hf_test_program(unit unit/${module} ${source} unit_${module}_shared)
  endforeach()
endforeach()

# hf_test_folder(folder label prefix libraries...): programs <prefix>_*.c, the rest shared.
function(hf_test_folder folder label prefix)
  hf_glob(shared ${tests}/${folder}/*.c)
  set(programs ${shared})
  list(FILTER programs INCLUDE REGEX "/${prefix}_[^/]*\\.c$")
  list(FILTER shared EXCLUDE REGEX "/${prefix}_[^/]*\\.c$")
  add_custom_target(${folder})
  hf_test_library(hf_${folder} FILES ${shared} NEEDS ${ARGN})
  foreach(source IN LISTS programs)
    hf_test_program(${label} ${folder} ${source} hf_${folder})
  endforeach()
endfunction()

hf_glob(suite ${tests}/suite/*.c)
hf_test_library(hf_suite FILES ${suite} NEEDS hf_client)
if(HF_CFG_THREADSAFE)
  hf_test_folder(harness suite run hf_suite hf_daemon hf_all)
  hf_test_folder(stress stress stress hf_harness)
  hf_test_folder(explore explore test hf_harness)
else()
  hf_test_folder(harness suite run hf_suite hf_all)
endif()
hf_test_folder(powercut powercut test hf_harness)

# Public test vectors, which are not part of the project: an entry is there without its file,
# too, and is skipped then.
hf_glob(vectors ${tests}/vectors/*.c)
add_executable(vectors ${vectors})
target_include_directories(vectors PRIVATE ${PROJECT_SOURCE_DIR}/src ${tests})
target_link_libraries(vectors PRIVATE
  hf_harness PkgConfig::JANSSON PkgConfig::LIBCRYPTO hf_host_flags)
set_target_properties(vectors PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/vectors)
set(vectors_list ${tests}/vectors/files.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${vectors_list})
file(STRINGS ${vectors_list} files REGEX "^[^#]")
foreach(file IN LISTS files)
  cmake_path(GET file STEM name)
  hf_test(vectors/${name} vectors $<TARGET_FILE:vectors> ${file})
  list(APPEND vectors_entries vectors/${name})
endforeach()
hf_test(vectors/unlisted vectors $<TARGET_FILE:vectors> --unlisted ${vectors_list})
set_tests_properties(${vectors_entries} vectors/unlisted PROPERTIES SKIP_RETURN_CODE 77)
hf_test(vectors/self vectors $<TARGET_FILE:vectors> --self ${tests}/vectors/self.json)

# The shell tests drive the daemon and the client as a user does.
if(HF_CFG_THREADSAFE)
  file(GLOB scripts CONFIGURE_DEPENDS ${tests}/app/test_*.sh)
  foreach(script IN LISTS scripts)
    cmake_path(GET script STEM name)
    hf_test(app/${name} app sh ${script})
  endforeach()
endif()

# Code that the thread-safety analysis must refuse. Any build can run it where clang is.
find_program(HF_CLANG NAMES clang clang-14)
mark_as_advanced(HF_CLANG)
file(GLOB compile_fail CONFIGURE_DEPENDS ${tests}/compile_fail/*.c)
if(HF_CLANG AND compile_fail AND HF_CFG_THREADSAFE)
  hf_test(compile_fail unit python3 ${tests}/compile_fail/run.py --clang ${HF_CLANG})
endif()
