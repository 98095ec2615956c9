/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a system call answer as if the kernel had none, for the calling process and for good: call it in a child. */
#ifndef REEVE_TEST_NO_SYSCALL_H
#define REEVE_TEST_NO_SYSCALL_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>

/* A child that could not be set up says so with this status. */
enum { CHILD_SKIP = 77 };

/* False where seccomp is not to be had. */
static inline bool forbid_syscall(unsigned number)
{
        struct sock_filter code[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = { .len = 4, .filter = code };

        return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif
