/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The XML reader: expat behind bounds. Metadata has no document type, so none is taken: entities that grow, and files
 * and hosts that they name, do not come up. */
#include "core/distro/rpmmd/xml.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"

enum { DEPTH = 16, PATH = 256, ATTRIBUTES = 32, VALUE = 64 << 10, PIECE = 1 << 20 };

struct rv_xml {
        XML_Parser parser;
        const struct rv_xml_visitor *visitor;
        void *user;
        const char *name, **attributes; /* of the element that begins */
        char path[PATH];
        unsigned depth;
        struct {
                size_t path, text; /* where its name and its text begin */
        } open[DEPTH];
        struct rv_buf text;
        struct rv_err *err;
        int r;
};

static int refuse(struct rv_xml *xml, const char *msgid, const char *why)
{
        char line[24];

        (void)snprintf(line, sizeof line, "%lu", rv_xml_line(xml));
        return rv_fail(xml->err, RV_DAMAGED, msgid, NULL, xml->name, line, why, NULL);
}

int rv_xml_refuse(struct rv_xml *xml, const char *msgid)
{
        return refuse(xml, msgid, NULL);
}

int rv_xml_starve(struct rv_xml *xml)
{
        return rv_fail_memory(xml->err);
}

static void stop(struct rv_xml *xml, int r)
{
        if (xml->r == RV_OK)
                xml->r = r;
        XML_StopParser(xml->parser, XML_FALSE);
}

/* "rpm:requires" is "requires": the prefixes are the writer's choice, and the names do not clash without them. */
static const char *local(const char *name)
{
        const char *colon = strrchr(name, ':');

        return colon ? colon + 1 : name;
}

static bool push(struct rv_xml *xml, const char *name)
{
        size_t at = strlen(xml->path), n = strlen(name);

        if (xml->depth == DEPTH || at + n + 2 > PATH)
                return false;
        /* What stood before it in its parent is no text that anybody asks for. */
        if (xml->depth)
                rv_buf_truncate(&xml->text, xml->open[xml->depth - 1].text);
        xml->open[xml->depth].path = at;
        xml->open[xml->depth++].text = xml->text.size;
        if (at)
                xml->path[at++] = '/';
        memcpy(xml->path + at, name, n + 1);
        return true;
}

static void XMLCALL on_begin(void *user, const XML_Char *name, const XML_Char **attributes)
{
        struct rv_xml *xml = user;
        size_t i;

        for (i = 0; attributes[i]; i += 2)
                if (i == 2 * (size_t)ATTRIBUTES || strlen(attributes[i + 1]) > VALUE) {
                        stop(xml,
                             rv_xml_refuse(xml, N_("%1, line %2: an element has too many or too long attributes")));
                        return;
                }
        if (!push(xml, local(name))) {
                stop(xml, rv_xml_refuse(xml, N_("%1, line %2: elements lie too deep within each other")));
                return;
        }
        xml->attributes = attributes;
        if (rv_xml_attribute(xml, "xml:base"))
                stop(xml, rv_xml_refuse(xml, N_("%1, line %2: xml:base would lead to another place")));
        else if (xml->visitor->begin) {
                int r = xml->visitor->begin(xml->user, xml, xml->path);

                if (r)
                        stop(xml, r);
        }
        xml->attributes = NULL;
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
        struct rv_xml *xml = user;
        size_t from;
        int r = RV_OK;

        (void)name;
        xml->depth--;
        from = xml->open[xml->depth].text;
        if (xml->visitor->end)
                r = xml->visitor->end(xml->user, xml, xml->path, rv_buf_str(&xml->text) + from, xml->text.size - from);
        rv_buf_truncate(&xml->text, from);
        xml->path[xml->open[xml->depth].path] = '\0';
        if (r)
                stop(xml, r);
}

static void XMLCALL on_text(void *user, const XML_Char *s, int n)
{
        struct rv_xml *xml = user;

        if (!xml->depth)
                return;
        if (xml->text.size - xml->open[xml->depth - 1].text + (size_t)n > xml->visitor->text_limit)
                stop(xml, rv_xml_refuse(xml, N_("%1, line %2: a text is too long")));
        else
                rv_buf_add(&xml->text, s, (size_t)n);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                               int own)
{
        struct rv_xml *xml = user;

        (void)name, (void)system, (void)public, (void)own;
        stop(xml, rv_xml_refuse(xml, N_("%1, line %2: has a document type, as no metadata has")));
}

struct rv_xml *rv_xml_new(const struct rv_xml_visitor *visitor, void *user, const char *name)
{
        struct rv_xml *xml = calloc(1, sizeof *xml);

        if (!xml)
                return NULL;
        xml->parser = XML_ParserCreate(NULL);
        if (!xml->parser) {
                free(xml);
                return NULL;
        }
        xml->visitor = visitor;
        xml->user = user;
        xml->name = name;
        XML_SetUserData(xml->parser, xml);
        XML_SetElementHandler(xml->parser, on_begin, on_end);
        XML_SetCharacterDataHandler(xml->parser, on_text);
        XML_SetStartDoctypeDeclHandler(xml->parser, on_doctype);
        return xml;
}

void rv_xml_free(struct rv_xml *xml)
{
        if (!xml)
                return;
        XML_ParserFree(xml->parser);
        rv_buf_free(&xml->text);
        free(xml);
}

const char *rv_xml_attribute(const struct rv_xml *xml, const char *name)
{
        size_t i;

        for (i = 0; xml->attributes && xml->attributes[i]; i += 2)
                if (strcmp(xml->attributes[i], name) == 0)
                        return xml->attributes[i + 1];
        return NULL;
}

unsigned long rv_xml_line(const struct rv_xml *xml)
{
        return (unsigned long)XML_GetCurrentLineNumber(xml->parser);
}

int rv_xml_feed(struct rv_xml *xml, const char *bytes, size_t n, bool last, struct rv_err *err)
{
        enum XML_Status status = XML_STATUS_OK;
        size_t piece;

        xml->err = err;
        do {
                piece = n < PIECE ? n : PIECE;
                status = XML_Parse(xml->parser, bytes, (int)piece, last && piece == n);
                bytes += piece;
                n -= piece;
        } while (n && status == XML_STATUS_OK && xml->r == RV_OK);
        if (xml->r == RV_OK && xml->text.failed)
                xml->r = rv_fail_memory(err);
        if (xml->r == RV_OK && status != XML_STATUS_OK)
                xml->r = XML_GetErrorCode(xml->parser) == XML_ERROR_NO_MEMORY
                                 ? rv_fail_memory(err)
                                 : refuse(xml, N_("%1, line %2: is no sound XML: %3"),
                                          XML_ErrorString(XML_GetErrorCode(xml->parser)));
        xml->err = NULL;
        return xml->r;
}
