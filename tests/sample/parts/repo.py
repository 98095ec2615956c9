# SPDX-License-Identifier: LGPL-2.1-or-later
# The rpm-md repository for the root: newer builds and new packages, comps groups, advisories, and a
# repomd.xml signed by the imported key. createrepo_c makes the metadata.
import os
from xml.sax.saxutils import escape, quoteattr

from . import catalogue, rpms, tool

GROUPS = {'core': ('Core', ['bash', 'coreutils', 'dnf5', 'openssh-server', 'systemd']),
          'web-server': ('Web Server', ['nginx', 'mod_ssl', 'nginx-mod-http-image-filter']),
          'development': ('Development Tools', ['git', 'strace', 'jq'])}
ISSUED = '2026-01-20 09:30:00'


def comps():
    groups = ''.join(
        f'  <group>\n    <id>{ident}</id>\n    <name>{name}</name>\n    <description>{name} of the sample'
        f'</description>\n    <default>false</default>\n    <uservisible>true</uservisible>\n    <packagelist>\n' +
        ''.join(f'      <packagereq type="mandatory">{package}</packagereq>\n' for package in packages) +
        '    </packagelist>\n  </group>\n' for ident, (name, packages) in GROUPS.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<comps>\n{groups}</comps>\n'


def package_element(source, package):
    arch = 'noarch' if package.noarch else 'x86_64'
    name = f'name={quoteattr(package.name)} version={quoteattr(source.version)} release={quoteattr(source.release)}'
    return (f'        <package {name} epoch="{source.epoch or 0}" arch="{arch}" '
            f'src="{source.name}-{source.version}-{source.release}.src.rpm">\n'
            f'          <filename>{source.file(package)}</filename>\n        </package>\n')


def advisory(ident, entries, sources):
    first = entries[0]
    references = ''.join(f'      <reference href="https://example.org/cve/{cve}" id="{cve}" '
                         f'title="{cve}" type="cve"/>\n'
                         for cve in first.cves)
    packages = ''.join(package_element(sources[entry.source, entry.evr], package) for entry in entries
                       for package in sources[entry.source, entry.evr].packages)
    severity = f'    <severity>{first.severity.capitalize()}</severity>\n' if first.kind == 'security' else ''
    return (f'  <update from="azurelinux@example.org" status="final" type="{first.kind}" version="1">\n'
            f'    <id>{ident}</id>\n    <title>{escape(first.title)}</title>\n    <issued date="{ISSUED}"/>\n'
            f'    <updated date="{ISSUED}"/>\n{severity}    <release>Azure Linux 4.0</release>\n'
            f'    <description>{escape(first.title)}.</description>\n    <references>\n{references}'
            f'    </references>\n    <pkglist>\n      <collection short="azl4">\n        <name>Azure Linux 4.0</name>\n'
            f'{packages}      </collection>\n    </pkglist>\n  </update>\n')


def updateinfo(sources):
    by_id = {}
    for update in catalogue.load_updates():
        by_id.setdefault(update.advisory, []).append(update)
    body = ''.join(advisory(ident, entries, sources) for ident, entries in by_id.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<updates>\n{body}</updates>\n', by_id


def describe(sources, by_id):
    """What tests compare with: the packages of the repository and the advisories."""
    return {'packages': sorted(source.nevra(package) for source in sources.values() for package in source.packages),
            'groups': {ident: packages for ident, (_, packages) in GROUPS.items()},
            'advisories': {ident: {'type': entries[0].kind, 'cves': entries[0].cves,
                                   'severity': entries[0].severity if entries[0].kind == 'security' else None,
                                   'packages': sorted(sources[e.source, e.evr].nevra(package) for e in entries
                                                      for package in sources[e.source, e.evr].packages)}
                           for ident, entries in by_id.items()}}


def make(tools, packages, into):
    """Builds the repository from `packages` (see rpms.py) in the new directory `into`."""
    tool.need('createrepo_c', 'modifyrepo_c', 'gpg')
    sources = {(source.name, source.evr): source for source in rpms.all_sources() if source.signing == 'repo'}
    (into / 'Packages').mkdir(parents=True)
    for source in sources.values():
        for package in source.packages:
            os.link(packages / 'rpms' / source.file(package), into / 'Packages' / source.file(package))
    groups, info = tools.work / 'comps.xml', tools.work / 'updateinfo.xml'
    text, by_id = updateinfo(sources)
    groups.write_text(comps())
    info.write_text(text)
    tools.run('createrepo_c', '--quiet', '--set-timestamp-to-revision', '--revision', str(tool.EPOCH),
              '--groupfile', groups, into)
    tools.run('modifyrepo_c', '--mdtype', 'updateinfo', info, into / 'repodata')
    with tool.Gpg(tools) as gpg:
        rpms.import_keys(gpg)
        gpg.run('--local-user', 'azurelinux@example.org', '--armor', '--detach-sign', '--output',
                into / 'repodata/repomd.xml.asc', into / 'repodata/repomd.xml', at=rpms.SIGNED_AT['repo'])
    return describe(sources, by_id)
