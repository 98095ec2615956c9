# SPDX-License-Identifier: LGPL-2.1-or-later
# Compiler and linker flags, one interface target that every target of ours links: reeve-flags.
add_library(reeve-flags INTERFACE)
target_compile_definitions(reeve-flags INTERFACE _GNU_SOURCE)
target_include_directories(reeve-flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/core/include
                                                 ${PROJECT_BINARY_DIR}/core/generated)
target_compile_options(reeve-flags INTERFACE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
                                             -Wconversion -Wformat=2 -Wvla -Werror -fstack-protector-strong)
# The SDK's structs grow at their end: a table that stops before a member that came later is as right as it was.
target_compile_options(reeve-flags INTERFACE -Wno-missing-field-initializers)
target_link_options(reeve-flags INTERFACE -Wl,-z,relro,-z,now,-z,defs -Wl,--as-needed)
if(CMAKE_BUILD_TYPE MATCHES "Rel")
  target_compile_options(reeve-flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
if(REEVE_SANITIZE)
  # A sanitizer's run time leaves symbols to the program, so libraries may not insist on having them all.
  target_compile_options(reeve-flags INTERFACE -fsanitize=${REEVE_SANITIZE} -fno-sanitize-recover=all
                                               -fno-omit-frame-pointer)
  target_link_options(reeve-flags INTERFACE -fsanitize=${REEVE_SANITIZE} -Wl,-z,undefs)
endif()
if(REEVE_FUZZ)
  # Every part counts what it executes; the fuzz programs themselves add libFuzzer's main (tests/fuzz).
  target_compile_options(reeve-flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(reeve-flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
