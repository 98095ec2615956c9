/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GUIDs as a GPT holds them (UEFI 2.10, appendix A: the first three fields little-endian), and the few that name what
 * reeve knows. Ownership: plain values. */
#ifndef REEVE_SLOTS_GUID_H
#define REEVE_SLOTS_GUID_H

#include <stdbool.h>
#include <stdint.h>

struct guid {
        uint8_t bytes[16];
};

enum { GUID_TEXT = 37 }; /* with the NUL */

/* Lower-case text, as in /dev/disk/by-partuuid. */
void guid_text(const struct guid *guid, char ret[GUID_TEXT]);
bool guid_is(const struct guid *guid, const char *text);
bool guid_equal(const struct guid *a, const struct guid *b);
/* All zero: an unused entry. */
bool guid_zero(const struct guid *guid);

/* Partition types. Sources: Flatcar's and Azure Container Linux's disk layouts, the Discoverable Partitions
 * Specification, the UEFI specification. */
#define TYPE_ESP "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define TYPE_USR "5dfbf5f4-2848-4bac-aa5e-0d9a20b745a6" /* coreos-usr: what gptprio looks at */
#define TYPE_USR_VERITY "77ff5f63-e7b6-4633-acf4-1565b864c0e6"
#define TYPE_USR_VERITY_ARM64 "6e11a4e7-fbca-4ded-b9e9-e1a512bb664e"

/* Partitions whose GUID is the same on every installation. */
#define PART_USR_A "7130c94a-213a-4e5a-8e26-6cce9662f132"
#define PART_USR_B "e03dd35c-7c2d-4a47-b3fe-27f15780a57c"
#define PART_HASH_A "1fae528b-6baf-4efc-a226-2a23f9291ce6"
#define PART_HASH_B "accb60b1-1d72-4e05-9363-6fd51e2ce788"

/* A short id for a known partition type ("esp", "usr"), NULL for another. */
const char *guid_type_id(const struct guid *type);

#endif
