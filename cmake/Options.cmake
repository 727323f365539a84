# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# What a preset or a user may choose. The options of the code itself are in
# include/holdfast/config.h; here only those that also decide what is built.
option(HF_CFG_THREADSAFE "Locks are compiled in; many threads may share a server" ON)
option(HF_CFG_DEBUG "Assertions are checked, among them lock ownership" OFF)
set(HF_CONFIG "" CACHE STRING "More options of config.h: HF_CFG_X=1;HF_CFG_Y=2")
set(HF_SANITIZE "" CACHE STRING "Sanitizers: empty, 'address,undefined' or 'thread'")
set_property(CACHE HF_SANITIZE PROPERTY STRINGS "" "address,undefined" "thread")
option(HF_WERROR "Warnings are errors" ON)
option(HF_HEADER_CHECK "Compile every public header by itself" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()

find_program(HF_CCACHE ccache)
if(HF_CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${HF_CCACHE})
endif()
mark_as_advanced(HF_CCACHE)
