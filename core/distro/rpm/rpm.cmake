# SPDX-License-Identifier: LGPL-2.1-or-later
# The back end that reads an rpmdb. librpm is not among its libraries: headers are read in place.
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
reeve_backend(rpm reeve-distro PkgConfig::SQLITE)
