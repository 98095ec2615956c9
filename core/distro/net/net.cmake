# SPDX-License-Identifier: LGPL-2.1-or-later
# The back end that downloads: libcurl takes 7 to 18 ms to load, so nothing else links it.
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.68)
reeve_backend(net reeve-distro PkgConfig::CURL)
add_library(reeve-net STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_SOURCE_DIR}/net/fetch.c)
target_link_libraries(reeve-net PRIVATE reeve-flags PUBLIC reeve-distro libreeve PkgConfig::CURL)
