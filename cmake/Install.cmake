# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# cmake --install: programs, libraries, headers, pkg-config files, documents, service.
if(HF_PROGRAMS)
  install(TARGETS ${HF_PROGRAMS} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(HF_LIBRARIES)
  install(TARGETS ${HF_LIBRARIES} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/holdfast
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

# hf_pkgconfig(name description requires libraries...): only libraries that exist are named.
function(hf_pkgconfig name description requires)
  set(libs "")
  foreach(library IN LISTS ARGN)
    if(library IN_LIST HF_LIBRARIES)
      string(APPEND libs " -l${library}")
    endif()
  endforeach()
  list(TRANSFORM HF_DEFINITIONS PREPEND "-D" OUTPUT_VARIABLE definitions)
  list(JOIN definitions " " definitions)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/holdfast.pc.in
    ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

hf_pkgconfig(holdfast "Holdfast client library" ""
  hf_client hf_port_posix hf_nvm hf_comm hf_proto hf_base)
hf_pkgconfig(holdfast-server "Holdfast server, to embed in a program" "libcrypto"
  hf_server hf_services hf_keystore hf_client hf_port_posix hf_crypto_openssl
  hf_crypto hf_nvm hf_comm hf_proto hf_base)

foreach(page IN LISTS HF_MAN_PAGES)
  string(REGEX REPLACE ".*\\.([0-9])$" "\\1" section ${page})
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()

file(GLOB_RECURSE completion CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/apps/*.bash)
foreach(file IN LISTS completion)
  cmake_path(GET file STEM name)
  install(FILES ${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    RENAME ${name})
endforeach()

file(GLOB_RECURSE units CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/apps/*.service.in)
foreach(unit IN LISTS units)
  cmake_path(GET unit STEM LAST_ONLY name)
  configure_file(${unit} ${PROJECT_BINARY_DIR}/${name} @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name} DESTINATION lib/systemd/system)
endforeach()
file(GLOB_RECURSE units CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/apps/*.service)
if(units)
  install(FILES ${units} DESTINATION lib/systemd/system)
endif()
file(GLOB_RECURSE configs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/apps/*.conf)
if(configs)
  install(FILES ${configs} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/holdfast)
endif()
