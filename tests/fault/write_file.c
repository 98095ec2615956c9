/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PROGRAM DIRECTORY NAME LETTER SIZE: writes a file of that many letters with core/base, for the faults to strike. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"

int main(int argc, char **argv)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf content = { 0 }, text = { 0 };
        RV_FD_CLEANUP int directory = -1;
        size_t size;
        char *at;

        if (argc != 5)
                return RV_USAGE;
        size = strtoul(argv[4], NULL, 10);
        at = rv_buf_reserve(&content, size);
        directory = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (!at || directory < 0)
                return RV_FAILED;
        memset(at, argv[3][0], size);
        if (rv_file_write(directory, argv[2], at, size, 0640, &err)) {
                rv_message_plain(err.message.data, err.message.size, &text);
                (void)fprintf(stderr, "%s\n", rv_buf_str(&text));
        }
        return err.code;
}
