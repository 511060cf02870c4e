"""Fetches the vendored front-end files again, exactly as `static/vendor/vendor.lock.json` names them.

For maintainers: it needs npm and the network; nobody else runs it. To take a new version, change the
version and its `integrity` in the lock and run `python scripts/vendor.py --write`. Without `--write` it
fails when a file differs from what is committed.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
LOCK = VENDOR / "vendor.lock.json"


def main() -> int:
    """Fetch, compare or write; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the files and their hashes")
    write = parser.parse_args().write
    lock: dict[str, Any] = json.loads(LOCK.read_text())
    files: dict[str, bytes] = {}
    for package in lock["packages"]:
        files.update(extracted(package, fetched(package)))
    hashes = {name: digest("sha384", body) for name, body in sorted(files.items())}
    if not write:
        differing = sorted(set(lock["committed"].items()) ^ set(hashes.items()))
        print("\n".join(f"differs: {name}" for name, _ in differing) or "all files are as committed")
        return 1 if differing else 0
    for name, body in files.items():
        (VENDOR / name).parent.mkdir(parents=True, exist_ok=True)
        (VENDOR / name).write_bytes(body)
    LOCK.write_text(json.dumps(lock | {"committed": hashes}, indent=2) + "\n")
    return 0


def fetched(package: dict[str, Any]) -> bytes:
    """The package's archive, checked against its `integrity`. Raises SystemExit when it is another one."""
    with tempfile.TemporaryDirectory() as folder:
        what = f"{package['name']}@{package['version']}"
        command = ["npm", "pack", what, "--ignore-scripts", "--silent", "--pack-destination", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).iterdir()
        body = archive.read_bytes()
    if digest("sha512", body) != package["integrity"]:
        sys.exit(f"{what}: the archive is not the one in the lock")
    return body


def extracted(package: dict[str, Any], archive: bytes) -> dict[str, bytes]:
    """The files that the lock wants from the archive, by their place under `static/vendor`."""
    with tempfile.TemporaryFile() as file:
        file.write(archive)
        file.seek(0)
        with tarfile.open(fileobj=file) as tar:
            files = {to: member(tar, name) for name, to in package["files"].items()}
            if sprite := package.get("sprite"):
                files[sprite["to"]] = drawn(package, {k: member(tar, v) for k, v in sprite["symbols"].items()})
    return files


def member(tar: tarfile.TarFile, name: str) -> bytes:
    """One file of the archive. Raises SystemExit when it has none of this name."""
    file = tar.extractfile(name)
    if file is None:
        sys.exit(f"{name} is no file")
    return file.read()


def drawn(package: dict[str, Any], icons: dict[str, bytes]) -> bytes:
    """One sprite of `<symbol>`s; whoever uses it sets the stroke."""
    note = f"<!-- {package['name']} {package['version']}, {package['licence']}: see LICENSE -->"
    symbols = [symbol(name, body.decode()) for name, body in sorted(icons.items())]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', note, *symbols, "</svg>", ""]).encode()


def symbol(name: str, svg: str) -> str:
    """One icon as a `<symbol>`: its shapes, without the attributes of its own `<svg>`."""
    shapes = re.sub(r"\s*\n\s*", "", svg.split(">", 2)[2] if svg.startswith("<!--") else svg.split(">", 1)[1])
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes.removesuffix("</svg>")}</symbol>'


def digest(algorithm: str, body: bytes) -> str:
    """In the form of subresource integrity: "sha384-…"."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


if __name__ == "__main__":
    sys.exit(main())
