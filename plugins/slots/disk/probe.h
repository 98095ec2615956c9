/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a partition holds, by its magic numbers only. Ownership: results are constants. */
#ifndef REEVE_SLOTS_PROBE_H
#define REEVE_SLOTS_PROBE_H

#include "core/distro/reader.h"

enum { PROBE_BYTES = 1 << 20 };

/* "squashfs", "erofs", "ext4" (also ext2 and ext3), "btrfs", "xfs", "vfat", "verity" (a hash tree), "empty" (nothing
 * but zeros in its first MiB); NULL for anything else, and for what can't be read. */
const char *probe_content(const struct rv_reader *part);

#endif
