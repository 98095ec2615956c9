/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two halves of the FAT reader share. Ownership: as in fat.h. */
#ifndef REEVE_SLOTS_FAT_DIR_H
#define REEVE_SLOTS_FAT_DIR_H

#include "plugins/slots/disk/fat.h"

/* Reads n bytes at an offset of the chain that starts at a cluster. */
int fat_chain(const struct fat *fat, uint32_t cluster, uint64_t offset, void *buf, size_t n,
              struct rv_err *err) RV_CHECK;
/* Bytes that a whole chain holds. */
int fat_chain_size(const struct fat *fat, uint32_t cluster, uint64_t *ret, struct rv_err *err) RV_CHECK;

#endif
