# SPDX-License-Identifier: LGPL-2.1-or-later
# The back end that judges the signatures in an rpmdb, apart from the one that reads it: most looks at packages need no
# libcrypto. Signatures are checked by it alone, so the same root gets the same verdict whatever rpm the host has.
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0)
reeve_backend(rpmsig reeve-distro PkgConfig::CRYPTO)

# The sources of both for the unit tests, which look behind the exported objects.
file(GLOB RPM_SOURCES CONFIGURE_DEPENDS rpm/*.c rpmsig/*.c)
list(FILTER RPM_SOURCES EXCLUDE REGEX "/(sig)?api\\.c$")
add_library(reeve-rpm STATIC EXCLUDE_FROM_ALL ${RPM_SOURCES})
target_link_libraries(reeve-rpm PRIVATE reeve-flags PUBLIC reeve-distro libreeve PkgConfig::SQLITE PkgConfig::CRYPTO)
