# SPDX-License-Identifier: LGPL-2.1-or-later
# The back end that solves. libsolvext reads metadata; what the installed libsolv can do is asked of it, not of its
# version.
pkg_check_modules(SOLV REQUIRED IMPORTED_TARGET libsolv libsolvext)
reeve_backend(solv reeve-rpmmd reeve-distro PkgConfig::SOLV)
file(GLOB SOLV_SOURCES CONFIGURE_DEPENDS solv/*.c)
list(FILTER SOLV_SOURCES EXCLUDE REGEX "/api\\.c$")
add_library(reeve-solv STATIC EXCLUDE_FROM_ALL ${SOLV_SOURCES})
target_link_libraries(reeve-solv PRIVATE reeve-flags PUBLIC reeve-rpmmd reeve-distro libreeve PkgConfig::SOLV)
