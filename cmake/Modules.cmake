# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The libraries, and which of them may use which. Arrows run down only; the table below is
# the one that tools/check-includes enforces for headers, so keep the two equal.
include(FindPkgConfig)

set(HF_LIBRARIES "" CACHE INTERNAL "")

# All .c files below a folder, less those that need threads in a build without them.
function(hf_glob out)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${ARGN})
  if(NOT HF_CFG_THREADSAFE)
    list(FILTER files EXCLUDE REGEX "_threads\\.c$")
    list(FILTER files EXCLUDE REGEX "/src/base/lock\\.c$")
  endif()
  set(${out} "${files}" PARENT_SCOPE)
endfunction()

# hf_module(NAME name FOLDER folder FLAGS flags [NEEDS libraries...])
# A static library of a folder; without sources it only passes on what it needs.
function(hf_module)
  cmake_parse_arguments(arg "" "NAME;FOLDER;FLAGS" "NEEDS" ${ARGN})
  hf_glob(sources ${PROJECT_SOURCE_DIR}/${arg_FOLDER}/*.c)
  if(NOT sources)
    add_library(${arg_NAME} INTERFACE)
    target_link_libraries(${arg_NAME} INTERFACE ${arg_NEEDS})
    return()
  endif()
  add_library(${arg_NAME} STATIC ${sources})
  target_include_directories(${arg_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${arg_NAME} PUBLIC ${arg_NEEDS} PRIVATE ${arg_FLAGS})
  # Users need the include folder and the options, not our warnings.
  target_include_directories(${arg_NAME} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
  target_compile_definitions(${arg_NAME} INTERFACE ${HF_DEFINITIONS})
  set(HF_LIBRARIES ${HF_LIBRARIES} ${arg_NAME} CACHE INTERNAL "")
endfunction()

hf_module(NAME hf_base     FOLDER src/base     FLAGS hf_core_flags)
hf_module(NAME hf_nvm      FOLDER src/nvm      FLAGS hf_core_flags NEEDS hf_base)
hf_module(NAME hf_crypto   FOLDER src/crypto   FLAGS hf_core_flags NEEDS hf_base)
hf_module(NAME hf_lms      FOLDER src/lms      FLAGS hf_core_flags
  NEEDS hf_crypto hf_base)
hf_module(NAME hf_keystore FOLDER src/keystore FLAGS hf_core_flags
  NEEDS hf_nvm hf_crypto hf_base)
hf_module(NAME hf_proto    FOLDER src/proto    FLAGS hf_core_flags NEEDS hf_base)
hf_module(NAME hf_comm     FOLDER src/comm     FLAGS hf_core_flags
  NEEDS hf_proto hf_base)
hf_module(NAME hf_services FOLDER src/services FLAGS hf_core_flags
  NEEDS hf_keystore hf_nvm hf_lms hf_crypto hf_base)
hf_module(NAME hf_server   FOLDER src/server   FLAGS hf_core_flags
  NEEDS hf_services hf_keystore hf_nvm hf_lms hf_crypto hf_proto hf_comm hf_base)
hf_module(NAME hf_client   FOLDER src/client   FLAGS hf_core_flags
  NEEDS hf_proto hf_comm hf_base)
hf_module(NAME hf_port_posix FOLDER port/posix FLAGS hf_host_flags
  NEEDS hf_nvm hf_comm hf_proto hf_base Threads::Threads)

pkg_check_modules(LIBCRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0)
hf_module(NAME hf_crypto_openssl FOLDER crypto/openssl FLAGS hf_host_flags
  NEEDS hf_crypto hf_base PkgConfig::LIBCRYPTO)

# The libraries without an operating system below them.
add_custom_target(core)
foreach(library base nvm crypto lms keystore proto comm services server client)
  if(hf_${library} IN_LIST HF_LIBRARIES)
    add_dependencies(core hf_${library})
  endif()
endforeach()

# Everything, for what runs a whole server and its clients in one program.
add_library(hf_all INTERFACE)
target_link_libraries(hf_all INTERFACE
  hf_server hf_client hf_port_posix hf_crypto_openssl)

# Each public header must compile by itself, except <noun>_state.h: the body of <noun>.h.
file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/holdfast/*.h)
list(FILTER headers EXCLUDE REGEX "_state\\.h$")
if(HF_HEADER_CHECK AND headers)
  foreach(header IN LISTS headers)
    cmake_path(GET header FILENAME name)
    set(file ${PROJECT_BINARY_DIR}/headers/${name}.c)
    file(CONFIGURE OUTPUT ${file} CONTENT "#include \"holdfast/${name}\"\nextern int hf_unused;\n")
    list(APPEND header_files ${file})
  endforeach()
  add_library(hf_header_check OBJECT ${header_files})
  target_link_libraries(hf_header_check PRIVATE hf_core_flags)
endif()
