/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a partition holds, by its magic numbers only, and how full that is by its superblock. Ownership: results are
 * constants. */
#ifndef REEVE_SLOTS_PROBE_H
#define REEVE_SLOTS_PROBE_H

#include <stdbool.h>

#include "core/distro/reader.h"

enum { PROBE_BYTES = 1 << 20 };

/* "squashfs", "erofs", "ext4" (also ext2 and ext3), "btrfs", "xfs", "vfat", "verity" (a hash tree), "empty" (nothing
 * but zeros in its first MiB); NULL for anything else, and for what can't be read. */
const char *probe_content(const struct rv_reader *part);

/* Bytes in use as the superblock of content (an id from probe_content) has them: of a mounted file system they are as
 * old as its last sync. False: it does not say, or says what can't be. Sources: the kernel's documentation of ext4,
 * XFS, Btrfs, EROFS and SquashFS on-disk formats. */
bool probe_used(const struct rv_reader *part, const char *content, uint64_t *ret);

#endif
