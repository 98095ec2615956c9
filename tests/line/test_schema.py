# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every JSON document is what its printed schema says, and every ndjson stream ends with its end line: on the fixture,
whose rows have everything in them, and for every view of the real plugins on the sample system."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from schemas import check, check_lines  # noqa: E402

TREE = os.path.abspath(sys.argv.pop(1))
FIXTURE = TREE + "/bin/reeve"
BUILT = os.path.abspath(TREE + "/../../../bin/reeve")
SOURCE = os.path.abspath(os.path.dirname(__file__) + "/../..")
SAMPLE = SOURCE + "/build/sample"
ARGUMENTS = {"fixture/text": ["nginx-1.26.3"], "fixture/one": ["evil-1"]}
PACKAGE = ["bash"]
REAL_ARGUMENTS = {"packages/files": PACKAGE, "packages/dependencies": PACKAGE, "packages/changelog": PACKAGE,
                  "packages/scripts": PACKAGE, "packages/info": PACKAGE, "packages/search": ["ssl"],
                  "packages/provides": ["bash"], "sandboxes/files": ["tools"],
                  "sandboxes/packages": ["tools"],
                  "packages/settings": ["azurelinux-base"]}

NEED_METADATA = {"packages/updates", "packages/available"}


class Case(unittest.TestCase):
    program, options = FIXTURE, []

    def reeve(self, *words, status=(0,)):
        done = subprocess.run([self.program, *self.options, *words], capture_output=True, check=False,
                              stdin=subprocess.DEVNULL)
        self.assertIn(done.returncode, status, (words, done.stdout[-500:], done.stderr[-500:]))
        return done.stdout.decode("utf-8")

    def document(self, *words, status=(0,)):
        return json.loads(self.reeve(*words, "--json", status=status))

    def lines(self, *words, status=(0,)):
        return [json.loads(line) for line in self.reeve(*words, "--format", "ndjson", status=status).splitlines()]

    def schemas(self):
        return self.document("plugins")["schemas"]

    def views(self):
        return {view["view"]: view for view in self.document("views")["views"]}

    def actions(self):
        return {action["action"]: action["schema"] for action in self.document("actions")["actions"]}

    def words_of(self, name, arguments):
        plugin, view = name.split("/")
        own = {"findings": ["status"]}.get(view, [view])
        return (own if plugin == "reeve" else [plugin, view]) + arguments.get(name, [])

    def check_view(self, name, view, arguments, end):
        words = self.words_of(name, arguments)
        document = self.document(*words, status=(0, 12))
        check(document, view["schema"])
        columns = {column["id"] for column in view["columns"]}
        rows = document.get("rows", [document.get("record")])
        for row in rows:
            self.assertLessEqual(columns, set(row))
        lines = self.lines(*words, status=(0, 12))
        check_lines(lines, view["schema"]["properties"]["rows"]["items"], end)
        self.assertEqual(lines[-1]["rows"], len(lines) - 1)
        return rows

    def check_record(self, name, view, row, views):
        """`show` gives the record of the row, which another view of the plugin may declare."""
        key = next(column["id"] for column in view["columns"] if column["key"])
        words = self.words_of(name, {})
        target = [name] if name.startswith("reeve/") else ["/".join(words)]
        document = self.document("show", *target, "--where", "%s = '%s'" % (key, row[key]), status=(0, 12))
        self.assertIn("record", document)
        check(document, views[document["view"]]["schema"])


class Fixture(Case):
    def test_views(self):
        views, end = self.views(), self.schemas()["end"]
        self.assertLessEqual({"reeve/jobs", "reeve/findings", "fixture/all", "fixture/tree"}, set(views))
        for name, view in views.items():
            rows = self.check_view(name, view, ARGUMENTS, end)
            if rows and name not in ARGUMENTS:
                self.check_record(name, view, rows[0], views)
        check(self.document("fixture", "all", "--damaged", status=(12,)), views["fixture/all"]["schema"])
        check(self.document("show", "fixture/text", "x", "1"), views["fixture/text"]["schema"])

    def test_lists(self):
        schemas = self.schemas()
        for name in ("plugins", "views", "actions"):
            check(self.document(name), schemas[name])
            check_lines(self.lines(name), schemas[name]["properties"][name]["items"], schemas["end"])
        self.assertEqual([view["view"] for view in self.document("views", "--where", "id ~ tree")["views"]],
                         ["fixture/tree"])
        self.assertEqual([action["action"] for action in self.document("actions", "fixture/seal")["actions"]],
                         ["fixture/seal"])

    def test_errors(self):
        error = self.schemas()["error"]
        for words, status in ((["fixture", "all", "--fail", "9"], 9), (["nothing"], 2), (["cve", "CVE-2026-1"], 19),
                              (["--root", "/nowhere", "status"], 3), (["fixture", "all", "--sort", "x"], 2)):
            check(self.document(*words, status=(status,)), error)
            check(self.lines(*words, status=(status,))[-1], error)

    def test_plans_and_jobs(self):
        actions, views, schemas = self.actions(), self.views(), self.schemas()
        mark = actions["fixture/mark"]
        self.assertEqual(sorted(actions), ["fixture/mark", "fixture/seal"])
        with tempfile.TemporaryDirectory(prefix="reeve-schema.") as directory:
            os.makedirs(directory + "/var/lib")
            self.options = ["--root", directory]
            plan = self.document("fixture", "mark", "a", "b", "--ask", "--wipe", "-n")
            check(plan, mark)
            self.assertEqual([question["id"] for question in plan["questions"]], ["key", "wipe"])
            check(self.document("fixture", "seal", "a", "-n"), actions["fixture/seal"])
            check(self.document("fixture", "mark"), mark)
            check(self.document("fixture", "mark", "a", "-y", "--ask", "--accept-key", "9F21"), mark)
            check(self.document("do", "fixture mark a", "tick b", "-y"), mark)
            check(self.document("fixture", "mark", "a", status=(14,)), schemas["error"])
            check(self.document("fixture", "mark", "a", "--fail", "-y", status=(8,)), schemas["error"])
            check_lines(self.lines("fixture", "mark", "a", "-y"), schemas["event"], schemas["end"])
            jobs = views["reeve/jobs"]["schema"]
            for words in (["jobs"], ["jobs", "list"], ["jobs", "1"], ["jobs", "show", "1"], ["jobs", "attach", "1"],
                          ["show", "reeve/jobs", "1"]):
                check(self.document(*words), jobs)
            check_lines(self.lines("jobs", "attach", "1"), schemas["event"], schemas["end"])
            check(self.document("changes"), views["reeve/changes"]["schema"])
            check(self.document("jobs", "recover", "1", "-y", status=(2,)), schemas["error"])

    def test_a_wrong_document_is_found(self):
        schema = self.views()["fixture/all"]["schema"]
        document = self.document("fixture", "all")
        for key, value in (("size", "large"), ("state", "happy"), ("unheard", 1), ("id", None)):
            wrong = json.loads(json.dumps(document))
            wrong["rows"][0][key] = value
            with self.assertRaises(AssertionError):
                check(wrong, schema)
        with self.assertRaises(AssertionError):
            check(dict(document, record=document["rows"][0]), schema)

    def test_streams_end(self):
        for words in (["fixture", "all"], ["fixture", "tree"], ["views"], ["status"], ["show", "fixture", "nginx"]):
            lines = self.lines(*words)
            self.assertIs(lines[-1]["end"], True)
            self.assertEqual(lines[-1]["rows"], len(lines) - 1)

    def test_the_locale_changes_no_data(self):
        plain = self.document("fixture", "all")
        for language in ("de", "fr", "ja"):
            env = dict(os.environ, LANGUAGE=language, LC_ALL="C.UTF-8")
            done = subprocess.run([FIXTURE, "fixture", "all", "--json"], capture_output=True, env=env, check=False)
            self.assertEqual(json.loads(done.stdout)["rows"], plain["rows"])


class Real(Case):
    program = BUILT

    @classmethod
    def setUpClass(cls):
        subprocess.run([SOURCE + "/tests/sample/build", SAMPLE], capture_output=True, check=True)

    def check_all(self, names=None):
        views, end = self.views(), self.schemas()["end"]
        for name, view in views.items():
            if name in NEED_METADATA and names is None:  # nobody is asked for any here: tests/repos does
                self.document(*self.words_of(name, {}), "--cacheonly", status=(19,))
            elif name not in NEED_METADATA and (names is None or name in names):
                rows = self.check_view(name, view, REAL_ARGUMENTS, end)
                if rows and name not in REAL_ARGUMENTS:
                    self.check_record(name, view, rows[0], views)
        return views

    def test_the_sample(self):
        self.options = ["--root", SAMPLE + "/root"]
        views = self.check_all()
        self.assertLessEqual({"packages/installed", "signatures/keys", "slots/slots", "sandboxes/sandboxes"}, set(views))

    def test_declarations_are_whole(self):
        """What another front end draws the screens from: what stands below, what is counted, every flag of a column."""
        self.options = ["--root", SAMPLE + "/root"]
        views = self.document("views")["views"]
        flags = {"key", "match", "hidden", "costly", "common", "length", "filled", "caption", "tail", "nevra", "arch"}
        seen = set()
        for view in views:
            for column in view["columns"]:
                self.assertEqual({id for id in flags if isinstance(column[id], bool)}, flags)
                seen |= {id for id in flags if column[id]}
        self.assertEqual(seen, flags)
        below = {view["view"]: view["below"] for view in views}
        self.assertEqual(below["slots/slots"], ["disk", "next"])
        self.assertEqual(below["packages/installed"], [])
        plugins = {plugin["id"]: plugin for plugin in self.document("plugins")["plugins"]}
        tallies = plugins["slots"]["tallies"]
        self.assertEqual(tallies[0], {"title": "no update slots", "plural": "no update slots", "view": "slots",
                                      "where": None, "column": None, "role": "plain", "no_rows": True})
        updates = next(tally for tally in plugins["packages"]["tallies"] if tally["title"] == "update")
        self.assertEqual((updates["plural"], updates["column"]), ("updates", None))

    def test_verbose_names_the_files(self):
        done = subprocess.run([BUILT, "--root", SAMPLE + "/root", "packages", "-v", "-q"], capture_output=True,
                              check=False)
        self.assertRegex(done.stderr.decode(), r" load: packages/installed: \d+ rows (from the cache|read anew) in ")
        self.assertIn(" rests on %s/root/usr/lib/sysimage/rpm/rpmdb.sqlite\n" % SAMPLE, done.stderr.decode())

    def test_the_images(self):
        for image in ("disk.img", "disk-acl.img"):
            self.options = ["--image", "%s/%s" % (SAMPLE, image)]
            self.check_all({"slots/slots", "reeve/findings"})


unittest.main()
