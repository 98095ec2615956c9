# SPDX-License-Identifier: LGPL-2.1-or-later
# The back end `crypto`: what needs libcrypto.
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
reeve_backend(crypto OpenSSL::Crypto)
