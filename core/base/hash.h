/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small checksums against accidents (no defence against an attacker; that is SHA-256 in core/distro/crypto). */
#ifndef REEVE_BASE_HASH_H
#define REEVE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 as in IEEE 802.3, zlib, GPT; start with crc 0. */
uint32_t rv_crc32(uint32_t crc, const void *bytes, size_t n);
/* FNV-1a, 64 bits; start with RV_HASH_START. */
#define RV_HASH_START 0xcbf29ce484222325u
uint64_t rv_hash(uint64_t hash, const void *bytes, size_t n);

#endif
