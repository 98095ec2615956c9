# SPDX-License-Identifier: LGPL-2.1-or-later
# Where programs, plugins and back ends find libreeve: relative to themselves, so that a tree, built or installed, may be
# moved as a whole. CMake's own way is not taken: it pads the path in the build tree with empty parts for the installed
# one to fit in, and an empty part means the working directory, whose libraries root would load.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
set(CMAKE_INSTALL_RPATH $ORIGIN/../lib) # programs of the build tree that are not installed

# reeve_runpath(TARGET BUILT INSTALLED): the folders in which it lies, below the build tree and below the prefix.
function(reeve_runpath TARGET BUILT INSTALLED)
  file(RELATIVE_PATH IN_TREE /${BUILT} /lib)
  set(RUNPATH $ORIGIN/${IN_TREE})
  if(NOT IS_ABSOLUTE ${INSTALLED} AND NOT IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
    file(RELATIVE_PATH IN_PREFIX /${INSTALLED} /${CMAKE_INSTALL_LIBDIR})
    list(APPEND RUNPATH $ORIGIN/${IN_PREFIX})
  else()
    list(APPEND RUNPATH ${CMAKE_INSTALL_FULL_LIBDIR})
  endif()
  list(REMOVE_DUPLICATES RUNPATH)
  set_target_properties(${TARGET} PROPERTIES INSTALL_RPATH "${RUNPATH}")
endfunction()
