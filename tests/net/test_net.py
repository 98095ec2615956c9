#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_net.py NET-FETCH: downloads from nginx, and from a server that does what nginx never would."""
import base64
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

FETCH = None
NETWORK, UNTRUSTED, NOSPACE = 6, 7, 16

CONFIG = """
daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log {dir}/access.log; client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3;
  uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5; default_type application/octet-stream;
  server {{
    listen 127.0.0.1:{port}; root {dir}/www;
    location /slow/ {{ alias {dir}/www/; limit_rate 200; }}
    location /private/ {{ alias {dir}/www/; if ($http_authorization != "{auth}") {{ return 401; }} }}
    location /token/ {{ alias {dir}/www/; if ($http_authorization != "Bearer abc") {{ return 401; }} }}
    location /moved/ {{ rewrite ^/moved/(.*)$ /$1 redirect; }}
    location /round/ {{ rewrite ^ /round/ redirect; }}
    location /elsewhere {{ return 302 http://127.0.0.2:{port}/echo; }}
    location /tofile {{ return 302 file:///etc/passwd; }}
    location /echo {{ return 200 "<$http_authorization>"; }}
    location /busy {{ return 503; }}
  }}
  server {{ listen 127.0.0.2:{port}; location /echo {{ return 200 "<$http_authorization>"; }} }}
}}
"""


def free_port(address='127.0.0.1'):
    with socket.socket() as s:
        s.bind((address, 0))
        return s.getsockname()[1]


class Hostile(http.server.BaseHTTPRequestHandler):
    """What no server does that means well."""
    protocol_version = 'HTTP/1.1'
    tries = {}

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.tries[self.path] = self.tries.get(self.path, 0) + 1
        getattr(self, self.path.strip('/').split('/')[0])()

    def head(self, status, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def endless(self):
        self.head(200, ('Connection', 'close'))
        try:
            while True:
                self.wfile.write(b'x' * 65536)
        except OSError:
            self.close_connection = True

    def drip(self):
        self.head(200, ('Content-Length', '100000'))
        try:
            while True:
                self.wfile.write(b'x')
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            self.close_connection = True

    def cut(self):
        self.head(200, ('Content-Length', '1000'))
        self.wfile.write(b'x' * 500)
        self.close_connection = True

    def range(self):
        """Ignores that only the rest was asked for."""
        self.head(200, ('Content-Length', '10'))
        self.wfile.write(b'0123456789')

    def beyond(self):
        if self.headers.get('Range'):
            self.head(416, ('Content-Length', '0'))
        else:
            self.head(200, ('Content-Length', '3'))
            self.wfile.write(b'new')

    def once(self):
        """Busy the first time."""
        if self.tries[self.path] == 1:
            self.head(503, ('Content-Length', '0'))
        else:
            self.head(200, ('Content-Length', '4'))
            self.wfile.write(b'late')

    def etags(self):
        self.head(200, ('ETag', '"' + 'e' * 5000 + '"'), ('Content-Length', '0'))


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix='reeve-net-')
        cls.dir = Path(cls.place.name)
        cls.dir.chmod(0o755)
        www = cls.dir / 'www'
        www.mkdir()
        for name, size in (('a', 5), ('b', 70000), ('empty', 0)):
            (www / name).write_bytes(bytes(i % 251 for i in range(size)))
        port = free_port()
        auth = 'Basic ' + base64.b64encode(b'me:secret').decode()
        (cls.dir / 'conf').write_text(CONFIG.format(dir=cls.dir, port=port, auth=auth))
        nginx = shutil.which('nginx') or '/usr/sbin/nginx'
        cls.nginx = subprocess.Popen([nginx, '-p', cls.dir, '-c', cls.dir / 'conf', '-e', cls.dir / 'error.log'],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.url = 'http://127.0.0.1:%d/' % port
        cls.hostile = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Hostile)
        cls.hostile.daemon_threads = True
        threading.Thread(target=cls.hostile.serve_forever, daemon=True).start()
        cls.bad = 'http://127.0.0.1:%d/' % cls.hostile.server_address[1]
        end = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(('127.0.0.1', port), 1).close()
                break
            except OSError:
                if time.monotonic() > end or cls.nginx.poll() is not None:
                    raise
                time.sleep(0.02)

    @classmethod
    def tearDownClass(cls):
        cls.hostile.shutdown()
        cls.hostile.server_close()
        cls.nginx.terminate()
        cls.nginx.wait()
        cls.place.cleanup()

    def fetch(self, *words, status=0):
        done = subprocess.run([FETCH, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.dir, timeout=60,
                              env={'http_proxy': 'http://127.0.0.1:1/', 'HOME': '/nonexistent'})
        self.assertEqual(done.returncode, status, done.stderr.decode())
        lines = []
        for line in done.stdout.decode('utf-8', 'replace').splitlines():
            match = re.match(r'(\w+) (\d+) (.*?) \[(.*?)\] \[(.*?)\] (\d+) (.*)', line)
            self.assertIsNotNone(match, line)
            lines.append((match[1], int(match[2]), match[3], match[4], match[5], int(match[6]), match[7]))
        return lines

    def one(self, *words):
        (line,) = self.fetch(*words)
        return line

    def content(self, name):
        return (self.dir / name).read_bytes()


class Honest(Case):
    def test_files_at_once(self):
        lines = self.fetch('o1', self.url + 'a', '--', 'o2', self.url + 'b', '--', 'o3', self.url + 'empty', '--', 'o4',
                           (self.dir / 'www/b').as_uri())
        self.assertEqual([line[:2] for line in lines], [('done', 5), ('done', 70000), ('done', 0), ('done', 70000)])
        self.assertEqual(self.content('o2'), self.content('www/b'))
        self.assertEqual(self.content('o4'), self.content('www/b'))
        self.assertEqual(self.content('o3'), b'')

    def test_what_was_there_is_replaced(self):
        (self.dir / 'r').write_bytes(b'z' * 100)
        self.assertEqual(self.one('r', self.url + 'a')[:2], ('done', 5))
        self.assertEqual(self.content('r'), self.content('www/a'))

    def test_unchanged(self):
        first = self.one('u', self.url + 'b')
        self.assertTrue(first[3] and first[4])
        for words in (['etag=' + first[3]], ['modified=' + first[4]]):
            self.assertEqual(self.one(*words, 'u', self.url + 'b')[0], 'unchanged')
        self.assertEqual(self.one('etag="other"', 'u', self.url + 'b')[0], 'done')

    def test_resume(self):
        whole = self.content('www/b')
        for start in (1, 40000, len(whole) - 1):
            (self.dir / 'p').write_bytes(whole[:start])
            self.assertEqual(self.one('resume=yes', 'p', self.url + 'b')[:2], ('done', 70000))
            self.assertEqual(self.content('p'), whole)
        log = (self.dir / 'access.log').read_text()
        self.assertIn('" 206 1 ', log)

    def test_mirrors(self):
        line = self.one('m', self.url + 'nothing', 'http://127.0.0.1:1/a', self.url + 'a')
        self.assertEqual((line[0], line[2], line[5]), ('done', self.url + 'a', 0))
        line = self.one('m', self.url + 'nothing', self.url + 'busy')
        self.assertEqual((line[0], line[5]), ('failed', NETWORK))
        self.assertIn('503', line[6])
        # All mirrors once more at the end.
        self.assertEqual((self.dir / 'access.log').read_text().count('GET /busy'), 2)

    def test_credentials(self):
        self.assertEqual(self.one('c', self.url + 'private/a')[0], 'failed')
        self.assertEqual(self.one('user=me', 'password=secret', 'c', self.url + 'private/a')[0], 'done')
        self.assertEqual(self.one('bearer=abc', 'c', self.url + 'token/a')[0], 'done')
        self.assertEqual(self.one('c', self.url.replace('//', '//me:secret@') + 'private/a')[5], UNTRUSTED)

    def test_redirects(self):
        self.assertEqual(self.one('d', self.url + 'moved/a')[:2], ('done', 5))
        self.assertEqual(self.one('d', self.url + 'round/')[0], 'failed')
        for words in (['user=me', 'password=secret'], ['bearer=abc']):
            self.assertEqual(self.one(*words, 'd', self.url + 'elsewhere')[0], 'done')
            self.assertEqual(self.content('d'), b'<>')
        line = self.one('d', self.url + 'tofile')
        self.assertEqual((line[0], line[5]), ('failed', UNTRUSTED))
        self.assertNotIn(b'root', self.content('d'))


class Harm(Case):
    def test_endless(self):
        line = self.one('limit=100000', 'e', self.bad + 'endless')
        self.assertEqual((line[0], line[5]), ('failed', UNTRUSTED))
        self.assertLessEqual(os.stat(self.dir / 'e').st_size, 100000)
        # The limit is told by the size that the server announces, too.
        self.assertEqual(self.one('limit=69999', 'e', self.url + 'b')[5], UNTRUSTED)
        self.assertEqual(self.one('limit=70000', 'e', self.url + 'b')[0], 'done')

    def test_dripping(self):
        begun = time.monotonic()
        line = self.one('rate=1000', 'stall=1', 's', self.bad + 'drip')
        self.assertEqual((line[0], line[5]), ('failed', NETWORK))
        self.assertLess(time.monotonic() - begun, 20)

    def test_cut(self):
        line = self.one('k', self.bad + 'cut')
        self.assertEqual((line[0], line[5]), ('failed', NETWORK))
        self.assertEqual(self.one('k', self.bad + 'cut', self.url + 'a')[:2], ('done', 5))
        self.assertEqual(self.content('k'), self.content('www/a'))

    def test_ranges_that_lie(self):
        for name, want in (('range', b'0123456789'), ('beyond', b'new')):
            (self.dir / 'l').write_bytes(b'old bytes')
            self.assertEqual(self.one('resume=yes', 'l', self.bad + name)[0], 'done')
            self.assertEqual(self.content('l'), want)

    def test_busy_once(self):
        self.assertEqual(self.one('o', self.bad + 'once')[:2], ('done', 4))

    def test_headers(self):
        self.assertEqual(self.one('h', self.bad + 'etags')[3], '')

    def test_urls(self):
        for url in ('ftp://127.0.0.1/a', 'file://host/etc/passwd', '/etc/passwd', 'http://', 'gopher://127.0.0.1/',
                    self.url + 'a b', self.url + 'a\tb', ''):
            line = self.one('x', url)
            self.assertEqual((line[0], line[5]), ('failed', UNTRUSTED), url)
        self.assertEqual(self.one('x')[0], 'failed')

    def test_full_disk(self):
        if not os.path.exists('/dev/full'):
            self.skipTest('there is no /dev/full')
        line = self.one('/dev/full', self.url + 'a')
        self.assertEqual((line[0], line[5]), ('failed', NOSPACE))


if __name__ == '__main__':
    FETCH = os.path.abspath(sys.argv.pop(1))
    unittest.main()
