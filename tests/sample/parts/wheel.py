# SPDX-License-Identifier: LGPL-2.1-or-later
# Small wheels of our own (PEP 427), installed as the specification of installed projects says: files into
# site-packages, a launcher into bin, and a RECORD with the hash and size of each (PEP 376, PEP 627).
import base64
import hashlib
import io
import zipfile

INSTALLER = b'reeve-sample\n'


def digest(data):
    return 'sha256=' + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()


def record_line(path, data):
    return f'{path},{digest(data)},{len(data)}'


def contents(name, version, summary, requires, modules):
    """Files of the wheel without RECORD: the modules and the metadata."""
    package = name.replace('-', '_')
    info = f'{package}-{version}.dist-info'
    metadata = f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {summary}\nLicense: MIT\n'
    metadata += ''.join(f'Requires-Dist: {word}\n' for word in requires)
    files = {f'{package}/__init__.py': f'"""{summary}"""\n\n__version__ = "{version}"\n'.encode()}
    for module in modules:
        body = f'"""{module} of {name}."""\n\n\ndef main():\n    print("{name} {version}: {module}")\n'
        files[f'{package}/{module}.py'] = body.encode()
    files[f'{info}/METADATA'] = metadata.encode()
    files[f'{info}/WHEEL'] = b'Wheel-Version: 1.0\nGenerator: reeve-sample\nRoot-Is-Purelib: true\nTag: py3-none-any\n'
    files[f'{info}/top_level.txt'] = package.encode() + b'\n'
    if 'cli' in modules:
        files[f'{info}/entry_points.txt'] = f'[console_scripts]\n{name} = {package}.cli:main\n'.encode()
    return info, files


def build(folder, name, version, summary, requires, modules):
    """Writes NAME-VERSION-py3-none-any.whl into `folder` and returns its path."""
    info, files = contents(name, version, summary, requires, modules)
    record = [record_line(path, data) for path, data in files.items()] + [f'{info}/RECORD,,']
    path = folder / f'{name.replace("-", "_")}-{version}-py3-none-any.whl'
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        for inner, data in [*files.items(), (f'{info}/RECORD', ('\n'.join(record) + '\n').encode())]:
            archive.writestr(zipfile.ZipInfo(inner, (2025, 11, 10, 0, 0, 0)), data)
    return path


def install(wheel, site, scripts, python):
    """Unpacks a wheel; `python` is the interpreter's path as the launchers shall name it."""
    with zipfile.ZipFile(io.BytesIO(wheel.read_bytes())) as archive:
        files = {inner: archive.read(inner) for inner in archive.namelist()}
    info = next(inner.split('/')[0] for inner in files if inner.endswith('.dist-info/METADATA'))
    record = files.pop(f'{info}/RECORD').decode().splitlines()[:-1]
    for inner, data in [*files.items(), (f'{info}/INSTALLER', INSTALLER), (f'{info}/REQUESTED', b'')]:
        (site / inner).parent.mkdir(parents=True, exist_ok=True)
        (site / inner).write_bytes(data)
    record += [record_line(f'{info}/INSTALLER', INSTALLER), record_line(f'{info}/REQUESTED', b'')]
    points = files.get(f'{info}/entry_points.txt')
    if points:
        name, _, target = points.decode().splitlines()[1].partition(' = ')
        module, _, function = target.partition(':')
        text = f'#!{python}\nimport sys\nfrom {module} import {function}\nsys.exit({function}())\n'.encode()
        (scripts / name).write_bytes(text)
        (scripts / name).chmod(0o755)
        record.append(record_line(f'../../../bin/{name}', text))
    record.append(f'{info}/RECORD,,')
    (site / info / 'RECORD').write_text('\n'.join(record) + '\n')
    return info
