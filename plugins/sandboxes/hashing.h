/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comparing files with the hashes that RECORDs give, by the back end `crypto`, which is opened at the first file.
 * Ownership: a check owns its hashing. */
#ifndef SANDBOXES_HASHING_H
#define SANDBOXES_HASHING_H

#include "plugins/sandboxes/check.h"

struct hashing;
void hashing_free(struct hashing *hashing); /* NULL is fine */

/* Reads the file at whole (below the root) and says FILE_OK, FILE_CHANGED, or FILE_UNKNOWN when it cannot be read
 * (which the scan then warns of). */
int hashing_compare(struct check *check, const struct file *file, const char *whole, enum file_state *ret,
                    struct rv_err *err) RV_CHECK;

#endif
