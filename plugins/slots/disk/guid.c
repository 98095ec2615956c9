/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GUIDs as text, and names for the partition types that occur on image-based hosts. */
#include "plugins/slots/disk/guid.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

void guid_text(const struct guid *guid, char ret[GUID_TEXT])
{
        static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
        static const char hex[] = "0123456789abcdef";
        char *out = ret;

        for (unsigned i = 0; i < 16; i++) {
                if (i == 4 || i == 6 || i == 8 || i == 10)
                        *out++ = '-';
                *out++ = hex[guid->bytes[order[i]] >> 4];
                *out++ = hex[guid->bytes[order[i]] & 15];
        }
        *out = '\0';
}

bool guid_is(const struct guid *guid, const char *text)
{
        char mine[GUID_TEXT];

        guid_text(guid, mine);
        return strcasecmp(mine, text) == 0;
}

bool guid_equal(const struct guid *a, const struct guid *b)
{
        return memcmp(a, b, sizeof *a) == 0;
}

bool guid_zero(const struct guid *guid)
{
        static const struct guid zero;

        return guid_equal(guid, &zero);
}

const char *guid_type_id(const struct guid *type)
{
        static const struct {
                const char *guid, *id;
        } known[] = {
                { TYPE_ESP, "esp" },
                { TYPE_USR, "coreos-usr" },
                { TYPE_USR_VERITY, "usr-verity" },
                { TYPE_USR_VERITY_ARM64, "usr-verity" },
                { "21686148-6449-6e6f-744e-656564454649", "bios-boot" },
                { "c95dc21a-df0e-4340-8d7b-26cbfa9a03e0", "coreos-reserved" },
                { "3884dd41-8582-4404-b9a8-e9b84f2df50e", "coreos-resize" },
                { "0fc63daf-8483-4772-8e79-3d69d8477de4", "linux-generic" },
                { "bc13c2ff-59e6-4262-a352-b275fd6f7172", "xbootldr" },
                { "4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "root" },
                { "b921b045-1df0-41c3-af44-4c6f280d3fae", "root" },
                { "8484680c-9521-48c6-9c11-b0720656f69e", "usr" },
                { "b0e01050-ee5f-4390-949a-9101b17104e9", "usr" },
                { "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "swap" },
        };

        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                if (guid_is(type, known[i].guid))
                        return known[i].id;
        return NULL;
}
