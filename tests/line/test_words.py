# SPDX-License-Identifier: LGPL-2.1-or-later
"""The words that an administrator's fingers know, on the sample system: those for reading answer from what is installed
and say so, the others say what they miss."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
BUILT = os.path.abspath(sys.argv.pop(1) + "/../../../bin/reeve")
SOURCE = os.path.abspath(os.path.dirname(__file__) + "/../..")
SAMPLE = SOURCE + "/build/sample"


class Words(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([SOURCE + "/tests/sample/build", SAMPLE], capture_output=True, check=True)

    def reeve(self, *words, status=(0, 12)):
        done = subprocess.run([BUILT, "--root", SAMPLE + "/root", *words, "--json"], capture_output=True, check=False,
                              stdin=subprocess.DEVNULL)
        self.assertIn(done.returncode, status, done.stderr)
        return json.loads(done.stdout)

    def names(self, *words):
        document = self.reeve(*words)
        if words[0] != "list":
            self.assertIn("only what is installed", document["warnings"][-1]["message"])
        return sorted(row["name"] for row in document["rows"])

    def test_list_and_info(self):
        self.assertEqual(self.names("list", "bash"), ["bash"])
        info = self.reeve("info", "bash")
        self.assertEqual((info["view"], info["record"]["name"], info["record"]["verdict"]),
                         ("packages/info", "bash", "ok"))
        self.assertEqual(info["record"], self.reeve("show", "packages", "bash")["record"])
        self.reeve("info", "nothing", status=(3,))
        self.reeve("info", status=(2,))

    def test_several(self):
        """What there is of several names, each once and in their order, and 3 when one of them is missing."""
        for word in "list", "info":
            done = self.reeve(word, "bash", "nothing", "acl", "nowhere", status=(3,))
            self.assertEqual(sorted(row["name"] for row in done["rows"]), ["acl", "bash"])
            missing = " ".join(warning["message"] for warning in done["warnings"] if warning["code"] == "notfound")
            self.assertIn("nothing", missing)
            self.assertIn("nowhere", missing)
            self.reeve(word, "nothing", "nowhere", status=(3,))
        self.assertEqual(self.reeve("list", "bash", "nothing", status=(3,))["rows"][0]["name"], "bash")
        self.assertEqual(self.reeve("info", "bash", "nothing", status=(3,))["record"]["name"], "bash")
        self.assertEqual([row["name"] for row in self.reeve("info", "bash", "acl", "bash.x86_64", "ba[s]h")["rows"]],
                         ["bash", "acl"])
        rows = self.reeve("info", "kernel-core")["rows"]
        self.assertGreater(len(rows), 1)
        self.assertEqual(sorted(row["nevra"] for row in rows),
                         sorted(row["nevra"] for row in self.reeve("list", "kernel-core")["rows"]))
        installed = [row["nevra"] for row in self.reeve("packages", "installed")["rows"]]
        self.assertEqual(sorted(row["nevra"] for row in self.reeve("info", "*")["rows"]), sorted(installed))
        table = subprocess.run([BUILT, "--root", SAMPLE + "/root", "info", "acl", "ba[s]h"], capture_output=True,
                               check=False, stdin=subprocess.DEVNULL).stdout.decode()
        acl, bash = table.split("\n\n")
        self.assertRegex(acl, r"(?m)^Name +acl$")
        self.assertRegex(bash, r"(?m)^Name +bash$")
        for second in ("nothing", "acl"):  # one record is asked for, whatever the second word may name
            error = self.reeve("show", "packages", "bash", second, status=(2,))["error"]
            self.assertEqual(error["message"], second + ": show takes one row")
            self.assertIn("reeve packages installed bash " + second, error["hint"])
        error = self.reeve("show", "packages/info", "bash", "acl", status=(2,))["error"]
        self.assertEqual(error["message"], "acl: show takes one row")

    def test_line_mode_says_a_warning_once(self):
        """Not after each record again; and the screen's letters for sorting and columns do the same."""
        said = []
        for lines in ("packages", "packages\n1", "packages\n1\ninfo acl\ninfo bash", "packages\ns -size\nc name,size"):
            done = subprocess.run([BUILT, "--root", SAMPLE + "/root", "shell"], input=lines + "\n", text=True,
                                  capture_output=True, check=False)
            self.assertEqual(done.stderr, "")
            said.append(done.stdout.count("package header is damaged"))
        self.assertEqual(said, [1, 1, 1, 3])
        self.assertRegex(done.stdout, r"(?m)^ +NAME +SIZE$")

    def test_a_change_leads_to_its_packages(self):
        rows = self.reeve("changes", "--where", "where != null")["rows"]
        self.assertGreater(len(rows), 1)
        for row in rows:
            listed = self.reeve(*row["view"].split("/"), "--where", row["where"])["rows"]
            self.assertEqual("%d packages installed or updated" % len(listed), row["what"])

    def test_show_a_row_of_a_package(self):
        """The word that names the package is none for a row."""
        path = self.reeve("packages", "files", "bash")["rows"][0]["path"]
        self.assertEqual(self.reeve("show", "packages/files", "bash", path)["record"]["path"], path)
        error = self.reeve("show", "packages/files", "bash", status=(2,))["error"]
        self.assertEqual((error["message"], error["hint"]), ("show needs a row of packages/files",
                                                             "as in: reeve show packages/files bash KEY"))

    def test_completion_without_a_cache(self):
        """What a shell asks for is read when nobody has looked yet, of the root that the words name."""
        def offered(*words):
            with tempfile.TemporaryDirectory(prefix="reeve-words.") as cache:
                env = {"PATH": os.environ["PATH"], "HOME": cache, "XDG_CACHE_HOME": cache, "LANG": "C.UTF-8"}
                env.update({name: os.environ[name] for name in os.environ if name.endswith("SAN_OPTIONS")})
                return subprocess.run([BUILT, "complete", "words", "--", "--root", SAMPLE + "/root", *words], text=True,
                                      stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=env, check=True).stdout.split()
        for words in (["packages", "files"], ["info"], ["info", "acl"], ["list"], ["show", "packages"]):
            self.assertIn("bash", offered(*words, "bas"), words)
            self.assertNotIn("acl", offered(*words, "bas"), words)
        self.assertEqual({"tools", "agents"} - set(offered("sandboxes", "files", "")), set())
        self.assertEqual({"A", "B"} - set(offered("--image", SAMPLE + "/disk.img", "slots", "slots", "")), set())
        self.assertEqual(offered("jobs", ""), ["list", "show", "attach", "cancel", "recover"])
        self.assertEqual(offered("jobs", "recover", "1", ""), ["finish", "revert"])
        self.assertEqual(offered("--root", "/no/such", "packages", "files", ""), [])

    def test_search(self):
        installed = self.reeve("packages", "installed")["rows"]
        for terms in (["ssl"], ["SSL"], ["ssl", "check"], ["lsscsi"], ["no such text"]):
            wanted = sorted(row["name"] for row in installed if row["name"] and all(
                term.lower() in row["name"].lower() or term.lower() in (row["summary"] or "").lower() for term in terms))
            self.assertEqual(self.names("search", *terms), wanted)
        self.assertIn("openssl-libs", self.names("search", "ssl"))
        self.assertEqual(self.names("search", "lsscsi"), ["lsscsi"])  # its header is damaged

    def test_provides(self):
        path = self.reeve("packages", "files", "bash")["rows"][0]["path"]
        for word in ("bash", path, path[:-1] + "?", "bas[h]"):
            self.assertIn("bash", self.names("provides", word), word)
        self.assertEqual(self.names("provides", "/no/such/file"), [])
        version = self.reeve("list", "bash")["rows"][0]["version"]
        for word in ("bash >= 5", "bash > 5", "bash < 6", "bash <= 99", "ba[s]h >= 5", "bash  =  " + version,
                     "bash == 0:" + version, "bash = " + version.split("-")[0], "bash >= " + version):
            self.assertEqual(self.names("provides", word), ["bash"], word)
        for word in ("bash < 5", "bash > " + version, "bash = 5", "bash >= 1:1", "no such thing >= 5"):
            self.assertEqual(self.names("provides", word), [], word)
        for word in ("bash >=", "bash >= ", "bash => 5", "bash >=5", "bash >= 5 6", ">= 5", "bash <> 5"):
            self.reeve("provides", word, status=(2,))
        self.assertEqual(self.names("whatprovides", "no such capability"), [])

    def test_a_key_by_the_end_of_its_fingerprint(self):
        for row in self.reeve("signatures", "keys")["rows"]:
            whole = row["fingerprint"]
            for word in (whole, whole.lower(), row["keyid"], row["keyid"][8:], "0x" + row["keyid"].lower(),
                         whole[-8:-4] + " " + whole[-4:]):
                self.assertEqual(self.reeve("signatures", "keys", word)["rows"][0]["fingerprint"], whole, word)
                self.assertEqual(self.reeve("show", "signatures/keys", word)["record"]["fingerprint"], whole, word)
        self.reeve("signatures", "keys", "00000000", status=(3,))

    def test_a_package_by_its_name_in_every_list(self):
        for word in ("bash", "bash.x86_64"):
            rows = self.reeve("signatures", "packages", word)["rows"]
            self.assertEqual([row["nevra"].split("-")[0] for row in rows], ["bash"])
        key = rows[0]["nevra"]
        self.assertEqual(self.reeve("show", "signatures", "bash")["record"]["nevra"], key)
        self.assertEqual(self.reeve("signatures", "packages", key)["rows"], rows)
        self.reeve("signatures", "packages", "bas", status=(3,))
        damaged = next(row["nevra"] for row in self.reeve("packages")["rows"] if row["nevra"].startswith("#"))
        self.assertEqual(self.reeve("signatures", "packages", damaged)["rows"][0]["nevra"], damaged)

    def test_words_without_what_they_need(self):
        for word, status, code in (("install", 10, "unsupported"), ("remove", 10, "unsupported"),
                                   ("check", 10, "unsupported"), ("history", 10, "unsupported"),
                                   ("repoquery", 19, "nodata"), ("check-update", 19, "nodata")):
            self.assertEqual(self.reeve(word, "bash", status=(status,))["error"]["code"], code)
        self.assertEqual(self.reeve("instal", status=(2,))["error"]["code"], "usage")


unittest.main()
