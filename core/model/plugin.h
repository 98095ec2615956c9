/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening one plugin library: checked before it is mapped, and its declarations checked and copied into the host's own
 * struct sizes afterwards.
 * Ownership: what is returned lives in the arena and in the library, which is never unloaded. */
#ifndef REEVE_MODEL_PLUGIN_H
#define REEVE_MODEL_PLUGIN_H

#include "core/base/arena.h"
#include "core/base/paths.h"
#include <reeve/plugin.h>

enum { RV_TALLIES_MAX = 16, RV_BELOW_MAX = 4 };

/* Opens path as the plugin of this id. RV_UNTRUSTED, RV_UNSUPPORTED (not a library, an ABI of another time), RV_DAMAGED
 * (cut, or declarations that contradict themselves). */
int rv_plugin_open(const struct rv_paths *paths, const char *path, const char *id, struct rv_arena *arena,
                   const struct rv_plugin **ret, struct rv_err *err) RV_CHECK;

/* Copies the declarations of a foreign object into the host's sizes and checks them. The object's memory is read only
 * inside the ranges. */
struct rv_ranges {
        struct {
                const char *start, *end;
                bool executable;
        } at[16];
        size_t n;
};
int rv_plugin_adopt(const void *object, size_t object_size, const struct rv_ranges *ranges, const char *id,
                    struct rv_arena *arena, const struct rv_plugin **ret, struct rv_err *err) RV_CHECK;

#endif
