/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The version in each slot: from its own os-release, read without a mount; else from the running system when the slot
 * is booted, else from its kernel image. Never a guess. */
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/distro/fsread/fsread.h"
#include "core/distro/open.h"
#include "core/distro/osrelease.h"
#include "plugins/slots/slots.h"

/* What an image calls its version, most exact first. */
static bool take_version(const struct rv_buf *text, struct slot *slot)
{
        static const char *const keys[] = { "IMAGE_VERSION", "VERSION_ID", "BUILD_ID" };
        struct rv_buf RV_BUF_CLEANUP value = { 0 };

        for (unsigned i = 0; i < 3 && !value.size; i++)
                (void)rv_osrelease_get(rv_buf_str(text), text->size, keys[i], &value);
        (void)snprintf(slot->version, sizeof slot->version, "%s", rv_buf_str(&value));
        return *slot->version;
}

static bool readable(const char *content)
{
        return content &&
               (strcmp(content, "ext4") == 0 || strcmp(content, "erofs") == 0 || strcmp(content, "squashfs") == 0);
}

/* The file lies in /usr of a /usr partition, in usr/lib of a root partition. */
static int from_slot(const struct picture *picture, const struct rv_fsread *fsread, struct slot *slot,
                     struct rv_err *err)
{
        static const char *const paths[] = { "lib/os-release", "usr/lib/os-release" };
        struct rv_reader part = picture_part(picture, slot->part, picture->name);
        struct rv_buf RV_BUF_CLEANUP text = { 0 };
        int r = 0;

        for (unsigned i = 0; i < 2; i++) {
                rv_err_clear(err);
                rv_buf_clear(&text);
                r = fsread->file(&part, paths[i], RV_OSRELEASE_LIMIT, &text, err);
                if (r != RV_NOTFOUND)
                        break;
        }
        if (!r && !take_version(&text, slot))
                r = rv_fail(err, RV_NOTFOUND, N_("%1: its os-release names no version"), NULL, picture->name, NULL);
        return r;
}

static bool from_elsewhere(const struct picture *picture, const struct rv_query *query, size_t index, struct slot *slot)
{
        struct rv_buf RV_BUF_CLEANUP text = { 0 };

        if (slot->booted == YES && rv_osrelease_read(rv_root_fd(query), &text, NULL) == 0 && take_version(&text, slot))
                return true;
        for (size_t i = 0; !*slot->version && i < picture->esp.n_entries; i++)
                if (picture->esp.entries[i].slot == (int)index && picture->layout.provider == PROVIDER_ACL)
                        (void)snprintf(slot->version, sizeof slot->version, "%s", picture->esp.entries[i].version);
        return *slot->version;
}

static void warn(const struct slot *slot, int code, struct rv_sink *sink)
{
        if (code == RV_UNSUPPORTED || !slot->content)
                rv_warn(sink, RV_OK,
                        N_("slot %1: its version is unknown: what it holds (%2) can't be read without a mount"),
                        slot->key, slot->content ? slot->content : "?", NULL);
        else if (code == RV_NOTFOUND)
                rv_warn(sink, RV_OK, N_("slot %1: its version is unknown: it has no os-release that names one"),
                        slot->key, NULL);
        else
                rv_warn(sink, code, N_("slot %1: its version is unknown: its %2 file system is damaged"), slot->key,
                        slot->content, NULL);
}

void picture_versions(struct picture *picture, const struct rv_query *query, struct rv_sink *sink)
{
        const struct rv_backend wanted = { RV_FSREAD_ABI, sizeof(struct rv_fsread) };
        const void *fsread = NULL;
        int open = 0;

        for (size_t i = 0; i < picture->layout.n; i++) {
                struct slot *slot = &picture->layout.slots[i];
                struct rv_err RV_ERR_CLEANUP err = { 0 };
                int r = RV_UNSUPPORTED;
                if (slot_empty(slot))
                        continue;
                if (readable(slot->content)) {
                        /* Opened at the first slot that needs it; without it the version stays unknown. */
                        if (!fsread && !open)
                                open = rv_backend_open("fsread", wanted, &fsread, &err);
                        if (fsread)
                                r = from_slot(picture, fsread, slot, &err);
                }
                if (r && (r == RV_DAMAGED || !from_elsewhere(picture, query, i, slot)))
                        warn(slot, r, sink);
        }
}
