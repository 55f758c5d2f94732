#!/usr/bin/env python3
"""Has schemathesis look for what a node's interface does otherwise than Docs/openapi.json says.

    interface.py --programs DIR --schemathesis PATH [-- OPTION...]

Real programs, an admin's daemon. What it publishes, shares and writes lies in a temporary folder, as far as it is named by
itself; do not run it where files of / could be overwritten by a user who may (nothing that is there ever is).
"""

import argparse
import os
import subprocess
import sys

from real import Place

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

options = argparse.ArgumentParser()
options.add_argument("--programs", required=True)
options.add_argument("--schemathesis", required=True)
options.add_argument("more", nargs="*")
arguments = options.parse_args()

with Place(arguments.programs) as place:
    command = [
        arguments.schemathesis, "run", os.path.join(ROOT, "Docs", "openapi.json"), "--url", f"{place.origin}/api/v1",
        "-H", f"Authorization: Bearer {place.token}",
        # With these an admin ends his own login sooner or later, as he should be able to.
        "--exclude-path-regex", "^/admin/users/", "--exclude-path", "/password", "--request-timeout", "60",
        "--no-color", *arguments.more,
    ]  # fmt: skip
    # At random these would sooner or later publish all of this computer, wait for what nobody has, and have uploads go
    # anywhere.
    fuzzing = ["--phases", "fuzzing"]
    for path in ("/published", "/shares", "/imports", "/downloads", "/settings/{key}"):
        fuzzing += ["--exclude-path", path]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
    codes = [
        subprocess.run([*command, *phase], cwd=place.folder, env=environment).returncode
        for phase in (["--phases", "coverage"], fuzzing)
    ]
    # It must have survived.
    if place.ask("/api/v1/limits")[0] != 200:
        sys.exit("the daemon does not answer any more")
    sys.exit(max(codes))
