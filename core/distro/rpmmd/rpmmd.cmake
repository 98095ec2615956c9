# SPDX-License-Identifier: LGPL-2.1-or-later
# What reads a repository's metadata: expat is all that it needs.
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat)
file(GLOB RPMMD_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/rpmmd/*.c)
add_library(reeve-rpmmd STATIC EXCLUDE_FROM_ALL ${RPMMD_SOURCES})
target_link_libraries(reeve-rpmmd PRIVATE reeve-flags PUBLIC reeve-distro libreeve PkgConfig::EXPAT)
