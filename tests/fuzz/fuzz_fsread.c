/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system of a slot that somebody damaged: a file comes out within its limit, or an error. */
#include "core/base/err.h"
#include "core/distro/fsread/fsread.h"
#include "fuzz.h"

enum { INPUT_MAX = 1 << 20, LIMIT = 64 << 10 };

extern const struct rv_fsread rv_backend;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char *const paths[] = { "lib/os-release", "lib/link", "lib/text" };

        if (size > INPUT_MAX)
                return 0;
        struct rv_reader fs = rv_reader_memory(data, size, "slot");
        for (unsigned i = 0; i < 3; i++) {
                struct rv_buf RV_BUF_CLEANUP text = { 0 };
                struct rv_err RV_ERR_CLEANUP err = { 0 };
                int r = rv_backend.file(&fs, paths[i], LIMIT, &text, &err);
                must(r == 0 ? text.size <= LIMIT : err.code == r);
        }
        return 0;
}
