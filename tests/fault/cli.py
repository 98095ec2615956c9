# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the two harnesses share on the command line: shell commands as preparation and check, and how a run is told."""
import argparse
import collections
import os
import subprocess
import sys

import faults


def parser(text):
    made = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument('--prepare', default='true')
    made.add_argument('--check', default='true')
    made.add_argument('--allow', default='')
    made.add_argument('--points', type=int, default=0)
    made.add_argument('command', nargs='+')
    return made


def shell(text, **more):
    done = subprocess.run(['sh', '-c', text], env=dict(os.environ, **more), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise AssertionError(f'`{text}` failed: {done.stdout.decode(errors="replace").strip()}')


def main(made, sweep):
    args = made.parse_args()
    allowed = {int(status) for status in args.allow.split(',')} if args.allow else faults.DOCUMENTED
    try:
        placed = sweep(args, command=args.command, prepare=lambda: shell(args.prepare), allowed=allowed,
                       check=lambda fault: shell(args.check, FAULT=f'{fault.what}:{fault.how}:{fault.number}',
                                                 STATUS=str(fault.status)), points=args.points)
    except faults.Impossible as reason:
        print(f'SKIPPED: {reason}', file=sys.stderr)
        sys.exit(faults.SKIPPED)
    except AssertionError as wrong:
        print(f'FAILED: {wrong}', file=sys.stderr)
        sys.exit(1)
    by = collections.Counter((fault.what, fault.how) for fault in placed)
    for (what, how), n in sorted(by.items()):
        print(f'{n:5} {what} {how}')
