/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Preloaded into a program under test: fails its nth allocation. REEVE_FAULT_ALLOC=n (0 fails none and counts),
 * REEVE_FAULT_OURS=TEXT counts only callers in a program or library whose path contains it, REEVE_FAULT_MARK=FILE gets
 * the path of the caller that was failed, or the count at the end. Thread-safe; it never allocates itself. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* glibc's own names for what is interposed here: dlsym would allocate. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

EXPORT void *malloc(size_t size);
EXPORT void *calloc(size_t n, size_t size);
EXPORT void *realloc(void *old, size_t size);
EXPORT void *reallocarray(void *old, size_t n, size_t size);

/* Set before main, read-only after it: the one state that a preloaded library cannot be handed. */
static long wanted = -1;
static const char *ours, *mark;
static atomic_long counted;

static void write_mark(const char *text)
{
        int fd = mark ? open(mark, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

        if (fd < 0)
                return;
        if (write(fd, text, strlen(text)) < 0)
                abort();
        (void)close(fd);
}

__attribute__((constructor)) static void start(void)
{
        const char *n = getenv("REEVE_FAULT_ALLOC");

        ours = getenv("REEVE_FAULT_OURS");
        mark = getenv("REEVE_FAULT_MARK");
        wanted = n ? strtol(n, NULL, 10) : -1;
}

__attribute__((destructor)) static void stop(void)
{
        char text[32];

        if (wanted != 0)
                return;
        (void)snprintf(text, sizeof text, "%ld\n", atomic_load(&counted));
        write_mark(text);
}

/* Whether this allocation is the one. Errors of the look-up must not be seen by the caller. */
static int fails(const void *caller)
{
        int kept = errno;
        Dl_info info;

        if (wanted < 0 || !dladdr(caller, &info) || !info.dli_fname)
                return 0;
        if (ours && *ours && !strstr(info.dli_fname, ours)) {
                errno = kept;
                return 0;
        }
        if (atomic_fetch_add(&counted, 1) + 1 != wanted) {
                errno = kept;
                return 0;
        }
        write_mark(info.dli_fname);
        errno = ENOMEM;
        return 1;
}

void *malloc(size_t size)
{
        return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
        return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
        return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t n, size_t size)
{
        size_t total;

        if (fails(__builtin_return_address(0)))
                return NULL;
        if (__builtin_mul_overflow(n, size, &total)) {
                errno = ENOMEM;
                return NULL;
        }
        return __libc_realloc(old, total);
}
