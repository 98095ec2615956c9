/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Forms: the declared arguments of a view or action as fields to fill in and as words of a usage line.
 * Ownership: borrows declarations; text goes to the caller's buffer. */
#ifndef REEVE_PRESENT_FORM_H
#define REEVE_PRESENT_FORM_H

#include <reeve/view.h>

#include "core/base/buf.h"

/* Appends the usage words: "PACKAGE... [--tree] [--since TIME]". */
void rv_form_usage(const struct rv_arg *args, size_t n_args, struct rv_buf *out);
/* Appends the label of a field, translated: "Package", with " *" when it is required. */
void rv_form_label(const char *domain, const struct rv_arg *arg, struct rv_buf *out);
/* Appends what a field takes: the enum's ids joined by "|", "yes|no", "a number", "a size (10M)", ... translated. */
void rv_form_takes(const struct rv_arg *arg, struct rv_buf *out);
/* Whether text fits the argument's type; RV_USAGE says why not. */
int rv_form_check(const struct rv_arg *arg, const char *text, struct rv_err *err) RV_CHECK;
/* The id of a type ("text", "size") as the declarations in JSON name it. */
const char *rv_type_id(uint32_t type);

#endif
