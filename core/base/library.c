/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking at a library before it is loaded: its program headers are held against the size of its file. */
#include "core/base/library.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"

enum { PROGRAM_HEADERS_MAX = 64 };

static int not_a_library(const char *path, struct rv_err *err)
{
        return rv_fail(err, RV_UNSUPPORTED, N_("%1: is not a library for this machine"),
                       N_("take it out of this directory, or install it again"), path, NULL);
}

static int cut_library(const char *path, struct rv_err *err)
{
        return rv_fail(err, RV_DAMAGED, N_("%1: the file is cut short"), N_("install it again"), path, NULL);
}

static int check_segments(int fd, const char *path, uint64_t size, const ElfW(Ehdr) * elf, struct rv_err *err)
{
        ElfW(Phdr) headers[PROGRAM_HEADERS_MAX];
        size_t bytes = elf->e_phnum * sizeof *headers;
        unsigned i;

        if (elf->e_phentsize != sizeof *headers || elf->e_phnum == 0 || elf->e_phnum > PROGRAM_HEADERS_MAX)
                return not_a_library(path, err);
        if (pread(fd, headers, bytes, (off_t)elf->e_phoff) != (ssize_t)bytes)
                return cut_library(path, err);
        for (i = 0; i < elf->e_phnum; i++)
                if (headers[i].p_type == PT_LOAD &&
                    (headers[i].p_offset > size || headers[i].p_filesz > size - headers[i].p_offset))
                        return cut_library(path, err);
        return RV_OK;
}

int rv_library_check(const char *path, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        ElfW(Ehdr) elf, own;
        RV_FD_CLEANUP int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || pread(fd, &elf, sizeof elf, 0) != sizeof elf ||
            memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 || elf.e_type != ET_DYN)
                return not_a_library(path, err);
        if (self >= 0 && pread(self, &own, sizeof own, 0) == sizeof own &&
            (elf.e_machine != own.e_machine || memcmp(elf.e_ident, own.e_ident, EI_DATA + 1) != 0))
                return not_a_library(path, err);
        return check_segments(fd, path, (uint64_t)st.st_size, &elf, err);
}
