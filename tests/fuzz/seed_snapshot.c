/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Seeds for fuzz_snapshot: the block of a real snapshot. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "things.h"

int main(int argc, char **argv)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make_things();
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_FD_CLEANUP int directory = -1;
        const void *block;
        size_t size;

        if (argc != 2 || (mkdir(argv[1], 0755) < 0 && errno != EEXIST))
                return 2;
        directory = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        block = rv_snapshot_block(snapshot, &size);
        if (directory < 0 || rv_file_write(directory, "things", block, size, 0644, &err) != RV_OK) {
                (void)fprintf(stderr, "%s: cannot be written\n", argv[1]);
                return 1;
        }
        return 0;
}
