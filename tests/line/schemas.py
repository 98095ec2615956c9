# SPDX-License-Identifier: LGPL-2.1-or-later
"""A validator of the few words of JSON Schema that reeve uses; others are refused. It is stricter than the standard: a
member that the schema does not describe is an error, so that what is put out is what is declared."""
KNOWN = {"$schema", "type", "required", "properties", "const", "enum", "items", "format", "oneOf"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


def check_type(value, schema, where):
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    fits = any(isinstance(value, TYPES[n]) and not (n == "integer" and isinstance(value, bool)) for n in names)
    assert fits, (where, value, names)


def check(value, schema, where="document"):
    assert set(schema) <= KNOWN, (where, set(schema) - KNOWN)
    if "const" in schema:
        assert value == schema["const"], (where, value)
    if "enum" in schema:
        assert value in schema["enum"], (where, value)
    if "type" in schema:
        check_type(value, schema, where)
    if isinstance(value, dict):
        assert set(schema.get("required", [])) <= set(value), (where, sorted(value))
        one_of = schema.get("oneOf", [{"required": []}])
        assert sum(set(one["required"]) <= set(value) for one in one_of) == 1, (where, sorted(value))
        inner = schema.get("properties")
        for key in value if inner is not None else ():
            assert key in inner, (where, key)
            check(value[key], inner[key], where + "." + key)
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            check(item, schema["items"], "%s[%d]" % (where, i))


def check_lines(lines, item, end):
    """A stream of JSON lines: items, then the line that says that it is whole."""
    for line in lines[:-1]:
        check(line, item, "line")
    check(lines[-1], end, "end")
