/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML as a stream of elements and their texts, with the limits that metadata never needs to pass.
 * Ownership: names, attributes and texts are borrowed until the call returns. */
#ifndef REEVE_DISTRO_RPMMD_XML_H
#define REEVE_DISTRO_RPMMD_XML_H

#include <stdbool.h>
#include <stddef.h>

#include <reeve/err.h>

struct rv_xml;

struct rv_xml_visitor {
        /* An element begins; path is its names joined by '/', without prefixes ("repomd/data/location"). */
        int (*begin)(void *user, struct rv_xml *xml, const char *path);
        /* It ends; text is what stood directly in it, at most the limit, "" for none. */
        int (*end)(void *user, struct rv_xml *xml, const char *path, const char *text, size_t n);
        size_t text_limit; /* bytes of one element's text; more is RV_DAMAGED */
};

/* name is for errors and must outlive it. NULL: no memory. */
struct rv_xml *rv_xml_new(const struct rv_xml_visitor *visitor, void *user, const char *name);
void rv_xml_free(struct rv_xml *xml);
/* Takes the next bytes; last: there are no more. What a visitor returned ends it. */
int rv_xml_feed(struct rv_xml *xml, const char *bytes, size_t n, bool last, struct rv_err *err) RV_CHECK;
/* While an element begins: one of its attributes, NULL for none. */
const char *rv_xml_attribute(const struct rv_xml *xml, const char *name);
/* The line that is being read, from 1. */
unsigned long rv_xml_line(const struct rv_xml *xml);
/* What is wrong there: RV_DAMAGED with a msgid whose %1 is the name and %2 the line. */
int rv_xml_refuse(struct rv_xml *xml, const char *msgid) RV_CHECK;
/* There is no memory. */
int rv_xml_starve(struct rv_xml *xml) RV_CHECK;

#endif
