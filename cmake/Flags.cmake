# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# Language, warnings and sanitizers, as interface libraries:
#
#   hf_core_flags   plain C11: what runs without an operating system
#   hf_host_flags   the same, with the interfaces of Linux: ports, programs, tests
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g")

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(hf_core_flags INTERFACE)
target_include_directories(hf_core_flags INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
target_compile_options(hf_core_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -Wundef -pedantic
  $<$<BOOL:${HF_WERROR}>:-Werror>
  $<$<C_COMPILER_ID:Clang>:-Wthread-safety>
  $<$<C_COMPILER_ID:Clang>:-Wthread-safety-beta>
  $<IF:$<C_COMPILER_ID:Clang>,-ferror-limit=10,-fmax-errors=10>
  -fno-common -fstack-protector-strong)

if(HF_CFG_THREADSAFE)
  set(HF_DEFINITIONS HF_CFG_THREADSAFE=1)
else()
  set(HF_DEFINITIONS HF_CFG_THREADSAFE=0)
endif()
if(HF_CFG_DEBUG)
  list(APPEND HF_DEFINITIONS HF_CFG_DEBUG=1)
endif()
list(APPEND HF_DEFINITIONS ${HF_CONFIG})
target_compile_definitions(hf_core_flags INTERFACE ${HF_DEFINITIONS})

if(HF_SANITIZE)
  target_compile_options(hf_core_flags INTERFACE
    -fsanitize=${HF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(hf_core_flags INTERFACE -fsanitize=${HF_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(hf_core_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
# All is bound when the program starts. Binding at the first call saves the vector registers
# on the stack, with what an operation has left in them.
target_link_options(hf_core_flags INTERFACE -Wl,-z,relro,-z,now)

add_library(hf_host_flags INTERFACE)
target_link_libraries(hf_host_flags INTERFACE hf_core_flags Threads::Threads)
target_compile_definitions(hf_host_flags INTERFACE _GNU_SOURCE)
