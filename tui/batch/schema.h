/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON Schemas (2020-12) of what the program puts out, made from the same declarations as the output.
 * Ownership: everything is borrowed while a call runs. Each call writes one value. */
#ifndef REEVE_BATCH_SCHEMA_H
#define REEVE_BATCH_SCHEMA_H

struct rv_json;
struct rv_view;

/* A view's document, of rows or of one record; name is "plugin/view". */
void rv_schema_view(struct rv_json *json, const char *name, const struct rv_view *view);
/* A plan's document, also of one that was run or would recover a job; preview may be NULL. */
void rv_schema_action(struct rv_json *json, const char *name, const struct rv_view *preview);
/* One object with the schemas of what no view or action declares: the three lists, an error, and of JSON lines an event
 * of a job and the last line. */
void rv_schema_others(struct rv_json *json);

#endif
