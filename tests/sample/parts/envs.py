# SPDX-License-Identifier: LGPL-2.1-or-later
# Two Python environments inside the root: one as it was made, one that drifted. They are laid out as
# `python3 -m venv --without-pip` does, but for Python 3.14 and with the root's own paths inside, so that
# they don't depend on the machine that builds them.
import os
import shutil

from . import tool, wheel

PYTHON = '3.14'
FULL_VERSION = '3.14.3'

WHEELS = {
    'attrs-lite': ('25.3.0', 'Classes without boilerplate', [], ['make', 'validators']),
    'json-tools': ('1.8.2', 'Small helpers around JSON', [], ['cli', 'diff', 'merge']),
    'agent-core': ('0.9.4', 'The loop of an agent', ['attrs-lite>=25', 'json-tools>=1.8'], ['cli', 'loop', 'state']),
    'http-small': ('2.1.0', 'An HTTP client', ['attrs-lite'], ['client', 'errors']),
    'report-maker': ('4.0.1', 'Tables and charts as text', ['json-tools'], ['cli', 'table', 'chart']),
}
ENVIRONMENTS = {
    'opt/agents/venv': ['attrs-lite', 'json-tools', 'agent-core', 'http-small'],
    'srv/tools/venv': ['attrs-lite', 'json-tools', 'report-maker'],
}
SITE = f'lib/python{PYTHON}/site-packages'


def make_venv(place, path):
    """The skeleton of PEP 405: `path` is what the environment is called inside the root."""
    (place / SITE).mkdir(parents=True)
    (place / 'bin').mkdir()
    (place / 'include').mkdir()
    (place / 'lib64').symlink_to('lib')
    for name, target in (('python3', '/usr/bin/python3'), ('python', 'python3'), (f'python{PYTHON}', 'python3')):
        (place / 'bin' / name).symlink_to(target)
    (place / 'pyvenv.cfg').write_text(
        f'home = /usr/bin\ninclude-system-site-packages = false\nversion = {FULL_VERSION}\n'
        f'executable = /usr/bin/python{PYTHON}\ncommand = /usr/bin/python3 -m venv --without-pip {path}\n')
    (place / 'bin' / 'activate').write_text(f'VIRTUAL_ENV={path}\nPATH="$VIRTUAL_ENV/bin:$PATH"\n'
                                            'export VIRTUAL_ENV PATH\n')


def drift(place):
    """One file changed, one missing, one added, and a __pycache__ that is none of these."""
    site = place / SITE
    changed, missing = site / 'report_maker/table.py', site / 'json_tools/merge.py'
    added = site / 'report_maker/extra.py'
    changed.write_text(changed.read_text() + '\n# changed by hand\n')
    missing.unlink()
    added.write_text('print("nobody installed this")\n')
    (site / 'report_maker/__pycache__').mkdir()
    (site / 'report_maker/__pycache__' / f'cli.cpython-{PYTHON.replace(".", "")}.pyc').write_bytes(b'\0' * 64)
    return {f'{SITE}/{path.relative_to(site)}': state
            for path, state in ((changed, 'changed'), (missing, 'missing'), (added, 'added'))}


def make(tools, into):
    """Fills `into` with one directory an environment (named by its path with dashes) and wheels/."""
    wheels = into / 'wheels'
    wheels.mkdir(parents=True)
    files = {name: wheel.build(wheels, name, *what) for name, what in WHEELS.items()}
    rows = {}
    for path, names in ENVIRONMENTS.items():
        place = into / path.replace('/', '-')
        make_venv(place, '/' + path)
        for name in names:
            wheel.install(files[name], place / SITE, place / 'bin', f'/{path}/bin/python3')
        drifted = drift(place) if path == 'srv/tools/venv' else {}
        rows['/' + path] = {'kind': 'venv', 'state': 'drifted' if drifted else 'ok', 'python': FULL_VERSION,
                            'distributions': {name: WHEELS[name][0] for name in names}, 'files': drifted}
        set_times(place)
    return rows


def set_times(place):
    for folder, _, names in os.walk(place, topdown=False):
        for name in [*names, '.']:
            os.utime(os.path.join(folder, name), (tool.EPOCH, tool.EPOCH), follow_symlinks=False)


def put(made, out):
    """Moves the finished environments into the root and the wheels beside it."""
    for path in ENVIRONMENTS:
        target = out / 'root' / path
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        (made / path.replace('/', '-')).rename(target)
    shutil.rmtree(out / 'wheels', ignore_errors=True)
    (made / 'wheels').rename(out / 'wheels')
