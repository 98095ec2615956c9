# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every JSON document is what its declared schema says, and every ndjson stream ends with its end line. The validator
knows the few words of JSON Schema that reeve uses, and refuses others."""
import json
import os
import subprocess
import sys
import unittest

REEVE = os.path.abspath(sys.argv.pop(1)) + "/bin/reeve"
ARGUMENTS = {"fixture/text": ["nginx-1.26.3"], "fixture/one": ["evil-1"]}
KNOWN = {"$schema", "type", "required", "properties", "const", "enum", "items", "format"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


def check(value, schema, where="document"):
    assert set(schema) <= KNOWN, (where, set(schema) - KNOWN)
    if "const" in schema:
        assert value == schema["const"], (where, value)
    if "enum" in schema:
        assert value in schema["enum"], (where, value)
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        fits = any(isinstance(value, TYPES[n]) and not (n == "integer" and isinstance(value, bool)) for n in names)
        assert fits, (where, value, names)
    if isinstance(value, dict):
        assert set(schema.get("required", [])) <= set(value), (where, sorted(value))
        for key, inner in schema.get("properties", {}).items():
            if key in value:
                check(value[key], inner, where + "." + key)
    if isinstance(value, list):
        for i, item in enumerate(value):
            check(item, schema.get("items", {}), "%s[%d]" % (where, i))


def reeve(*words):
    done = subprocess.run([REEVE, *words], capture_output=True, check=False)
    return done.returncode, done.stdout.decode("utf-8")


class Schemas(unittest.TestCase):
    def test_views(self):
        views = json.loads(reeve("views", "--json")[1])["views"]
        self.assertGreater(len(views), 6)
        for view in views:
            plugin, name = view["view"].split("/")
            words = [{"findings": "status"}.get(name, name)] if plugin == "reeve" else [plugin, name]
            for extra in ([], ["--damaged"] if name == "all" else []):
                status, text = reeve(*words, *ARGUMENTS.get(view["view"], []), *extra, "--json")
                self.assertIn(status, (0, 12))
                document = json.loads(text)
                check(document, view["schema"])
                columns = {column["id"] for column in view["columns"]}
                for row in document.get("rows", [document.get("record")]):
                    self.assertLessEqual(columns, set(row))

    def test_actions(self):
        actions = json.loads(reeve("actions", "--json")[1])["actions"]
        self.assertEqual([a["action"] for a in actions], ["fixture/mark", "fixture/seal"])
        check(json.loads(reeve("fixture", "mark", "a", "-n", "--json")[1]), actions[0]["schema"])

    def test_a_wrong_document_is_found(self):
        schema = json.loads(reeve("views", "--json")[1])["views"][3]["schema"]
        document = json.loads(reeve("fixture", "all", "--json")[1])
        document["rows"][0]["size"] = "large"
        with self.assertRaises(AssertionError):
            check(document, schema)

    def test_streams_end(self):
        for words in (["fixture", "all"], ["fixture", "tree"], ["views"], ["status"], ["show", "fixture", "nginx"]):
            status, text = reeve(*words, "--format", "ndjson")
            lines = [json.loads(line) for line in text.splitlines()]
            self.assertEqual(status, 0)
            self.assertIs(lines[-1]["end"], True)
            self.assertEqual(lines[-1]["rows"], len(lines) - 1)

    def test_the_locale_changes_no_data(self):
        plain = reeve("fixture", "all", "--json")[1]
        for language in ("de", "fr", "ja"):
            env = dict(os.environ, LANGUAGE=language, LC_ALL="C.UTF-8")
            done = subprocess.run([REEVE, "fixture", "all", "--json"], capture_output=True, env=env, check=False)
            got, wanted = json.loads(done.stdout), json.loads(plain)
            self.assertEqual(got["rows"], wanted["rows"])


unittest.main()
