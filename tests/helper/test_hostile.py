#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# The helper against its surroundings: requests nobody should send, links where directories should be, other users'
# state, an environment full of traps, and no systemd where there should be one.
import json
import shutil

from harness import *

GOOD = {"reeve": 1, "verb": "run", "root": "/", "plugin": "notes", "plan": "0" * 64, "requests": [
    {"action": "stamp", "args": {"count": ["1"]}, "options": {}}], "answers": {}}


def ask(world, request, **how):
    """Sends bytes or an object straight to the helper; returns the error's code, or the whole answer."""
    data = request if isinstance(request, bytes) else json.dumps(request).encode()
    done = subprocess.run([world.helper], input=data, stdout=subprocess.PIPE, timeout=60, **how)
    lines = done.stdout.decode().splitlines()
    assert lines[0] == '{"hello":1}', lines
    answer = json.loads(lines[1])
    return answer["error"]["code"] if "error" in answer else answer


class Requests(Case):
    def ask(self, **changes):
        return ask(self.world, {**GOOD, "root": self.world.root, **changes})

    def test_what_is_no_request(self):
        for junk in (b"", b"{", b"[]", b"null", b"\0" * 100, b"\xff\xfe", b'{"reeve":1}', b"x" * 70000, b"[" * 60000,
                     b'{"reeve":1,"reeve":1}'):
            with self.subTest(junk=junk[:20]):
                self.assertEqual(ask(self.world, junk), "usage")
        self.assertFalse(os.path.exists(self.world.state))

    def test_a_member_or_option_that_is_not_allowed(self):
        request = GOOD["requests"][0]
        for name in ("config", "cache", "log", "macros", "uid", "plugin_path", "environment"):
            self.assertEqual(self.ask(**{name: "/tmp/evil"}), "usage", name)
            self.assertEqual(self.ask(requests=[{**request, name: "x"}]), "usage", name)
            self.assertEqual(self.ask(requests=[{**request, "options": {name: "x"}}]), "usage", name)
        for option in ("set:gpgcheck", "setopt", "cachedir"):
            self.assertEqual(self.ask(requests=[{**request, "options": {option: "0"}}]), "usage", option)

    def test_values_of_the_wrong_kind(self):
        request = GOOD["requests"][0]
        for change in ({"reeve": 2}, {"verb": "erase"}, {"root": "relative"}, {"root": 7}, {"plan": "x"},
                       {"plan": "A" * 64}, {"requests": []}, {"requests": {}}, {"requests": [request] * 2000},
                       {"requests": [{**request, "action": "other"}]}, {"requests": [{**request, "args": {"x": ["1"]}}]},
                       {"requests": [{**request, "args": {"count": "1"}}]},
                       {"requests": [{**request, "args": {"count": ["1", "2"]}}]},
                       {"requests": [{**request, "args": {"count": ["many"]}}]},
                       {"requests": [{**request, "args": {"count": []}}]}, {"requests": [{**request, "args": {}}]},
                       {"answers": {"a": 1}}, {"answers": {"nobody": "asked"}}, {"wait": -1}, {"wait": 10**12},
                       {"unit": "mine"}, {"job": 1}, {"way": "finish"}, {"verb": "recover"}):
            with self.subTest(change=change):
                self.assertEqual(self.ask(**change), "usage")
        self.assertEqual(self.ask(root="/nonexistent/root"), "notfound")
        self.assertEqual(self.ask(), "stale")
        self.assertEqual(self.world.listed(), {})

    def test_a_plugin_is_a_name_and_no_path(self):
        evil = os.path.join(self.world.top, "evil.so")
        shutil.copy(os.path.join(self.world.tree, "lib/reeve/plugins/notes.so"), evil)
        for name in (evil, "../../../../evil", "../plugins/notes", "notes.so", "", ".", "nope"):
            self.assertEqual(self.ask(plugin=name), "notfound", name)

    def test_started_without_descriptors(self):
        """Nothing at all, or a closed standard output: it ends by itself and leaves nothing."""
        script = f"exec 0<&- 1>&- 2>&-; {self.world.helper}"
        self.assertNotEqual(subprocess.run(["sh", "-c", script], timeout=60).returncode, 0)
        self.assertFalse(os.path.exists(self.world.state))

    def test_arguments_are_refused(self):
        self.assertEqual(subprocess.run([self.world.helper, "--root", "/"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, timeout=60).returncode, 2)


class Surroundings(Case):
    def test_what_the_helper_runs_in(self):
        env = dict(self.world.env, LANGUAGE="de", LD_LIBRARY_PATH="/nonexistent", http_proxy="http://evil",
                   RPM_CONFIGDIR="/evil", EVIL="1")
        with open(os.path.join(self.world.top, "open"), "w") as extra:
            os.set_inheritable(extra.fileno(), True)
            done = subprocess.run(self.world.command("run", 500, 20), env=env, close_fds=False, timeout=60,
                                  stdout=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0)
        helper = self.world.helpers()[0]
        with open(f"/proc/{helper}/environ") as file:
            names = {entry.split("=")[0] for entry in file.read().split("\0") if entry}
        allowed = {"PATH", "LANG"} if os.geteuid() == 0 else {"PATH", "LANG", "HOME"}
        self.assertEqual(names, allowed)
        self.assertEqual(os.readlink(f"/proc/{helper}/cwd"), "/")
        self.assertEqual(os.getsid(helper) == os.getsid(0), False)
        targets = {fd: os.readlink(f"/proc/{helper}/fd/{fd}") for fd in os.listdir(f"/proc/{helper}/fd")}
        self.assertEqual([targets[fd] for fd in "012"], ["/dev/null"] * 3)
        own = [target for target in targets.values()
               if not target.startswith((self.world.root, "/dev/null", "socket:"))]
        self.assertEqual(own, [], "a descriptor was inherited")
        with open(f"/proc/{helper}/status") as file:
            status = dict(line.split(":\t", 1) for line in file if ":\t" in line)
        self.assertEqual(status["Umask"].strip(), "0022")
        self.assertEqual(status["Threads"].strip(), "1")
        self.world.run("cancel", 1)

    @need_root
    def test_root_takes_no_plugin_from_the_environment(self):
        evil = os.path.join(self.world.top, "evil")
        os.mkdir(evil)
        os.rename(os.path.join(self.world.tree, "lib/reeve/plugins/notes.so"), os.path.join(evil, "notes.so"))
        env = dict(self.world.env, REEVE_PLUGIN_PATH=evil, HOME=evil, XDG_STATE_HOME=evil)
        self.assertEqual(self.world.run("run", 1, 0, env=env)[0], 3)
        self.assertEqual(ask(self.world, {**GOOD, "root": self.world.root}, env=env), "notfound")
        self.assertEqual(os.listdir(evil), ["notes.so"])

    @need_root
    def test_root_loads_nothing_that_others_can_write(self):
        plugin = os.path.join(self.world.tree, "lib/reeve/plugins/notes.so")
        for path, mode in ((plugin, 0o666), (os.path.dirname(plugin), 0o777)):
            before = stat.S_IMODE(os.stat(path).st_mode)
            os.chmod(path, mode)
            self.assertEqual(ask(self.world, {**GOOD, "root": self.world.root}), "untrusted")
            os.chmod(path, before)
        os.chown(plugin, NOBODY, NOBODY)
        self.assertEqual(ask(self.world, {**GOOD, "root": self.world.root}), "untrusted")

    @need_root
    def test_nothing_outside_is_touched(self):
        places = ("/var/lib/reeve", "/var/cache/reeve", "/run/reeve", os.path.expanduser("~root/.local"))

        def look():
            return [sorted(os.listdir(place)) if os.path.isdir(place) else None for place in places]

        before = look()
        self.assertEqual(self.world.start(1, 0), 1)
        self.follow(1)
        self.assertEqual(look(), before)
        self.assertEqual(os.listdir(self.world.env["HOME"]), [])

    @need_root
    def test_the_outline_for_everybody(self):
        """Of root's jobs on the running system others may see state and percent, and no more."""
        script = (f"mount -t tmpfs -o mode=755 none /run && mount -t tmpfs -o mode=755 none /var/lib && "
                  f"mkdir /var/lib/notes && {self.world.driver} / run 3 0 >/dev/null && {self.world.driver} / follow 1 "
                  "| tail -n 1; cat /run/reeve/jobs/1.json; stat -c %a /run/reeve/jobs /run/reeve/jobs/1.json; "
                  "setpriv --reuid=65534 --clear-groups ls /var/lib/reeve/jobs || echo closed")
        done = subprocess.run(["unshare", "-m", "sh", "-c", script], env=self.world.env, text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if "unshare" in done.stderr or "mount" in done.stderr:
            self.skipTest("no mount namespace here: " + done.stderr.strip())
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "end done ok committed")
        self.assertEqual(json.loads(lines[1]), {"reeve": 1, "id": 1, "state": "done", "percent": 100})
        self.assertEqual(lines[2:], ["755", "644", "closed"])

    @need_root
    def test_systemd_without_a_bus(self):
        """Where systemd seems to run and gives no unit, the session alone has to do, and the log says so."""
        script = ("mount -t tmpfs none /run && mkdir -p /run/systemd/system && "
                  f"exec {self.world.driver} {self.world.root} run 2 0")
        done = subprocess.run(["unshare", "-m", "sh", "-c", script], env=self.world.env, text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if "unshare" in done.stderr or "mount" in done.stderr:
            self.skipTest("no mount namespace here: " + done.stderr.strip())
        self.assertEqual((done.returncode, done.stdout), (0, "job 1\n"))
        _, events, end = self.follow(1)
        self.assertEqual(end, ["done", "ok", "committed"])
        self.assertIn("systemd gave no unit", " ".join(events[0]))


class Links(Case):
    """Symbolic links and strangers where the state should be."""

    def setUp(self):
        super().setUp()
        self.elsewhere = os.path.join(self.world.top, "elsewhere")
        os.mkdir(self.elsewhere)

    def refused(self):
        status, output = self.world.run("run", 1, 0)
        self.assertEqual(status, 7, output)
        self.assertEqual(self.world.stamps(), [])
        self.assertEqual(os.listdir(self.elsewhere), [])

    def test_state_directory(self):
        os.symlink(self.elsewhere, self.world.state)
        self.refused()
        self.assertEqual(self.world.run("list")[0], 7)

    def test_state_directory_is_a_dangling_link(self):
        os.symlink("/nonexistent/there", self.world.state)
        self.refused()

    def test_jobs_directory(self):
        os.mkdir(self.world.state, 0o700)
        os.symlink(self.elsewhere, self.world.jobs)
        self.refused()

    def test_lock(self):
        victim = os.path.join(self.world.top, "victim")
        with open(victim, "w") as file:
            file.write("precious")
        os.makedirs(self.world.jobs, 0o700)
        os.chmod(self.world.state, 0o700)
        lock = os.path.join(self.world.state, "lock")
        for make in (lambda: os.symlink(victim, lock), lambda: os.link(victim, lock), lambda: os.mkfifo(lock)):
            make()
            self.refused()
            os.unlink(lock)
        with open(victim) as file:
            self.assertEqual(file.read(), "precious")
        with open(lock, "w"):
            pass
        os.chmod(lock, 0o666)
        self.refused()

    def test_job_directory(self):
        self.world.start(1, 0)
        self.world.wait_state(1, "done")
        os.rename(self.world.path(1)[:-1], os.path.join(self.elsewhere, "1"))
        os.symlink(os.path.join(self.elsewhere, "1"), self.world.path(1)[:-1])
        self.assertEqual(self.world.listed(), {})
        for word in ("follow", "cancel"):
            self.assertEqual(self.world.run(word, 1)[0], 7)
        self.assertEqual(self.world.run("recover", 1, "finish")[0], 7)

    def test_the_unnumbered_directory(self):
        """What is left of a start that was killed, or put there to catch us, is removed and not followed."""
        os.makedirs(self.world.jobs, 0o700)
        os.chmod(self.world.state, 0o700)
        with open(os.path.join(self.elsewhere, "file"), "w"):
            pass
        os.symlink(self.elsewhere, os.path.join(self.world.jobs, ".new"))
        self.assertEqual(self.world.start(1, 0), 1)
        self.world.wait_state(1, "done")
        self.assertEqual(os.listdir(self.elsewhere), ["file"])
        os.mkdir(os.path.join(self.world.jobs, ".new"), 0o700)
        with open(os.path.join(self.world.jobs, ".new", "request.json"), "w"):
            pass
        self.assertEqual(self.world.start(1, 0), 2)

    def test_files_of_a_job(self):
        job = self.world.start(20, 10)
        wait_for(self.world.stamps, "the first stamp")
        self.world.kill_helper()
        victim = os.path.join(self.world.top, "victim")
        with open(victim, "w") as file:
            file.write("precious")
        for name in ("events.jsonl", "request.json", "lock"):
            kept = self.world.path(job, name) + ".kept"
            os.rename(self.world.path(job, name), kept)
            os.symlink(victim, self.world.path(job, name))
            status, output = self.world.run("recover", job, "finish")
            self.assertNotEqual(status, 0, output)
            os.rename(kept, self.world.path(job, name))
        with open(victim) as file:
            self.assertEqual(file.read(), "precious")
        self.assertEqual(self.world.run("recover", job, "finish")[0], 0)


@need_root
class Users(Case):
    def own(self, path):
        for top, names, files in os.walk(path):
            for name in [""] + names + files:
                os.chown(os.path.join(top, name), NOBODY, NOBODY)

    def test_a_user_in_a_root_of_their_own(self):
        self.own(self.world.root)
        self.own(self.world.env["HOME"])
        status, output = self.world.run("run", 2, 0, user=NOBODY)
        self.assertEqual((status, output), (0, "job 1\n"))
        self.assertEqual(self.world.run("follow", 1, user=NOBODY)[0], 0)
        self.assertEqual(os.stat(self.world.state).st_uid, NOBODY)
        self.assertFalse(os.path.exists(os.path.join(self.world.env["HOME"], ".local")))
        # Root neither reads nor writes what is a user's.
        self.assertEqual(self.world.run("list")[0], 7)
        self.assertEqual(self.world.run("run", 1, 0)[0], 7)

    def test_a_user_in_a_root_of_others_keeps_state_at_home(self):
        os.chown(self.world.notes, NOBODY, NOBODY)
        self.own(self.world.env["HOME"])
        status, output = self.world.run("run", 2, 0, user=NOBODY)
        self.assertEqual((status, output), (0, "job 1\n"))
        self.assertEqual(self.world.run("follow", 1, user=NOBODY)[0], 0)
        self.assertFalse(os.path.exists(self.world.state))
        self.assertEqual(len(os.listdir(os.path.join(self.world.env["HOME"], ".local/state/reeve"))), 1)
        self.assertEqual(self.world.run("list"), self.world.run("list", env=self.world.env))
        elsewhere = os.path.join(self.world.top, "state")
        os.mkdir(elsewhere)
        os.chown(elsewhere, NOBODY, NOBODY)
        env = dict(self.world.env, XDG_STATE_HOME=elsewhere)
        self.assertEqual(self.world.run("run", 1, 0, user=NOBODY, env=env)[1], "job 1\n")
        self.assertEqual(os.listdir(elsewhere), ["reeve"])

    def test_a_user_takes_plugins_from_their_path(self):
        mine = os.path.join(self.world.top, "mine")
        os.mkdir(mine)
        os.rename(os.path.join(self.world.tree, "lib/reeve/plugins/notes.so"), os.path.join(mine, "notes.so"))
        self.own(self.world.root)
        self.own(self.world.env["HOME"])
        self.assertEqual(self.world.run("run", 1, 0, user=NOBODY)[0], 3)
        env = dict(self.world.env, REEVE_PLUGIN_PATH=mine)
        self.assertEqual(self.world.run("run", 1, 0, user=NOBODY, env=env)[1], "job 1\n")

    def test_others_do_not_reach_roots_jobs(self):
        job = self.world.start(1000, 20)
        for words in (("list",), ("cancel", job), ("follow", job), ("recover", job, "revert")):
            self.assertIn(self.world.run(*words, user=NOBODY)[0], (3, 4), words)
        self.assertEqual(self.world.listed(job)[0], "running")
        self.assertEqual(self.world.run("cancel", job)[0], 0)

    def in_small_root(self, script):
        """Runs a script where the root is a file system of 400 KiB; gives its status and output."""
        mount = (f"mount -t tmpfs -o size=400k,mode=755 none {self.world.root} && "
                 f"mkdir -p {self.world.notes} && driver='{self.world.driver} {self.world.root}' && "
                 f"fill() {{ cat /dev/zero >{self.world.root}/full 2>/dev/null; }} && ")
        done = subprocess.run(["unshare", "-m", "sh", "-c", mount + script], env=self.world.env, text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if "unshare" in done.stderr or "mount" in done.stderr:
            self.skipTest("no mount namespace here: " + done.stderr.strip())
        return done.returncode, done.stdout

    def test_a_full_disk_at_the_start(self):
        status, output = self.in_small_root("$driver list; fill; $driver run 1 0; s=$?; ls $R/var/lib/reeve/jobs; exit $s"
                                            .replace("$R", self.world.root))
        self.assertEqual(status, 16, output)
        self.assertEqual(output.splitlines()[-1].split()[:2], ["error", "nospace"])

    def test_a_full_disk_before_the_commit(self):
        status, output = self.in_small_root("$driver run 100 10 && fill; $driver follow 1; s=$?; $driver list; exit $s")
        self.assertEqual(status, 16, output)
        self.assertTrue(output.splitlines()[-1].startswith("1 failed nospace notes/stamp"), output)

    def test_a_full_disk_after_the_commit(self):
        script = (f"$driver run 40 10 && until [ -e {self.world.notes}/stamp-3 ]; do :; done; fill; $driver follow 1; "
                  f"rm {self.world.root}/full; $driver list; $driver recover 1 finish; $driver follow 1; $driver list; "
                  f"ls {self.world.notes} | wc -l")
        lines = self.in_small_root(script)[1].splitlines()
        self.assertIn("end interrupted incomplete committed", lines)
        self.assertEqual((lines[-2].split()[:3], lines[-1]), (["1", "done", "ok"], "40"))

    def test_a_read_only_root(self):
        script = (f"mount --bind {self.world.root} {self.world.root} && "
                  f"mount -o remount,ro,bind {self.world.root} && exec {self.world.driver} {self.world.root} run 1 0")
        done = subprocess.run(["unshare", "-m", "sh", "-c", script], env=self.world.env, text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if "unshare" in done.stderr or "mount" in done.stderr:
            self.skipTest("no mount namespace here: " + done.stderr.strip())
        self.assertEqual(done.returncode, 18, done.stdout)


if __name__ == "__main__":
    main()
