/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sections of a PE image, for what a unified kernel image carries: .cmdline, .osrel.
 * Source: Microsoft's PE format; systemd's UKI specification. Ownership: results go to the caller's buffer. */
#ifndef REEVE_SLOTS_PE_H
#define REEVE_SLOTS_PE_H

#include "core/base/buf.h"
#include "core/distro/reader.h"

/* Appends a section's bytes (its virtual size, without padding). RV_UNSUPPORTED: no PE; RV_NOTFOUND: no such section;
 * RV_DAMAGED: a table that leads outside the file, or a section larger than limit. */
int pe_section(const struct rv_reader *file, const char *name, size_t limit, struct rv_buf *ret,
               struct rv_err *err) RV_CHECK;

#endif
