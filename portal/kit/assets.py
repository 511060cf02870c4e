"""Static files under names that carry a hash of their content, held in memory ready to send.

At start every file is read, hashed and compressed once; `url("css/app.css")` is
"/static/css/app.1a2b3c4d.css", which a browser may keep for ever. Only such names are served: a name
without its hash is a 404, so nothing can be cached under a name that will change.

`bundles.json` in the static folder joins files into one: {"js/page.js": ["vendor/…", "js/app.js"]}.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from posixpath import normpath
from types import MappingProxyType

import brotli  # type: ignore[import-untyped]  # it has no types
from starlette.types import Receive, Scope, Send

from portal.kit.negotiate import accepts, known

_BUNDLES = "bundles.json"
_HIDDEN = re.compile(r"(^|/)(\.|LICENSE|vendor\.lock\.json$|bundles\.json$)")
_TEXT = {"text/css", "text/javascript", "image/svg+xml", "application/json", "text/plain"}
_CSS_URL = re.compile(r"""url\(\s*(['"]?)(?!data:|#|https?:)([^'")]+)\1\s*\)""")
_FOREVER = b"public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent. `encoded` maps a content coding to the compressed body, smallest first."""

    url: str
    media_type: str
    body: bytes
    etag: str
    encoded: Mapping[str, bytes]


class UnknownAsset(LookupError):
    """No static file has this name."""


class Assets:
    """All static files of one process; also the ASGI application that serves them."""

    def __init__(self, files: Mapping[str, Asset]) -> None:
        self._files = files
        self._served = {asset.url: asset for asset in files.values()}

    def url(self, name: str) -> str:
        """The URL of the file `name` (path inside the static folder). Raises UnknownAsset."""
        return self.get(name).url

    def get(self, name: str) -> Asset:
        """The file `name` itself. Raises UnknownAsset."""
        try:
            return self._files[name]
        except KeyError:
            raise UnknownAsset(name) from None

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer GET and HEAD for hashed names; mounted anywhere, the whole path counts."""
        asset = self._served.get(scope["path"])
        if asset is None:
            await _answer(send, 404, [(b"content-type", b"text/plain; charset=utf-8")], b"Not found")
        elif scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, [(b"allow", b"GET, HEAD")], b"")
        else:
            await _serve(asset, scope, send)


def load(directory: Path, generated: Mapping[str, str | bytes] | None = None, prefix: str = "/static/") -> Assets:
    """Read the static folder. `generated` adds what is no file there, under the names given.

    Raises UnknownAsset when a stylesheet or a bundle names a file that is not there.
    """
    bodies = {name: made.encode() if isinstance(made, str) else made for name, made in (generated or {}).items()}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_file() and not _HIDDEN.search(name):
            bodies[name] = path.read_bytes()
    bodies = _bundled(directory / _BUNDLES, bodies)
    files: dict[str, Asset] = {}
    for name in sorted(bodies, key=lambda name: name.endswith(".css")):  # stylesheets name the others
        body = _rewritten(name, bodies[name], files) if name.endswith(".css") else bodies[name]
        files[name] = _asset(name, body, prefix)
    return Assets(files)


def _bundled(recipe: Path, bodies: dict[str, bytes]) -> dict[str, bytes]:
    """The files with the bundles in place of their parts."""
    if not recipe.is_file():
        return bodies
    recipes: dict[str, list[str]] = json.loads(recipe.read_text())
    parts = {part for names in recipes.values() for part in names}
    if missing := sorted(parts - bodies.keys()):
        raise UnknownAsset(missing[0])
    joined = {name: _between(name).join(bodies[part].rstrip() for part in names) for name, names in recipes.items()}
    return {name: body for name, body in bodies.items() if name not in parts} | joined


def _between(name: str) -> bytes:
    """What parts are joined with. A script's semicolon has a line of its own: a part may end in a comment."""
    return b"\n" if name.endswith(".css") else b"\n;\n"


def _rewritten(name: str, body: bytes, files: Mapping[str, Asset]) -> bytes:
    """A stylesheet whose relative `url()`s point to the hashed names."""

    def hashed(match: re.Match[str]) -> str:
        target = normpath(PurePosixPath(name).parent / match[2])
        if target not in files:
            raise UnknownAsset(f"{target} (named in {name})")
        return f'url("{files[target].url}")'

    return _CSS_URL.sub(hashed, body.decode()).encode()


def _asset(name: str, body: bytes, prefix: str) -> Asset:
    digest = hashlib.sha256(body).hexdigest()
    path = PurePosixPath(name)
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(
        url=f"{prefix}{path.with_suffix(f'.{digest[:8]}{path.suffix}')}",
        media_type=media_type if media_type not in _TEXT else f"{media_type}; charset=utf-8",
        body=body,
        etag=digest[:32],
        encoded=_encodings(body) if media_type in _TEXT else {},
    )


@lru_cache(256)
def _encodings(body: bytes) -> Mapping[str, bytes]:
    """The smaller bodies. What is sent often is worth the slowest compression, once for a process."""
    tried = {"br": brotli.compress(body, quality=11), "gzip": gzip.compress(body, 9, mtime=0)}
    return MappingProxyType({coding: packed for coding, packed in tried.items() if len(packed) < len(body)})


async def _serve(asset: Asset, scope: Scope, send: Send) -> None:
    headers = dict(scope["headers"])
    coding = _coding(asset, headers.get(b"accept-encoding", b"").decode("latin-1"))
    etag = f'"{asset.etag}-{coding}"' if coding else f'"{asset.etag}"'
    body = asset.encoded[coding] if coding else asset.body
    answer = [(b"etag", etag.encode()), (b"cache-control", _FOREVER), (b"vary", b"Accept-Encoding")]
    if known(etag, headers.get(b"if-none-match", b"").decode("latin-1")):
        await _answer(send, 304, answer, None)
        return
    answer += [(b"content-type", asset.media_type.encode()), (b"content-length", str(len(body)).encode())]
    if coding:
        answer.append((b"content-encoding", coding.encode()))
    await _answer(send, 200, answer, b"" if scope["method"] == "HEAD" else body)


def _coding(asset: Asset, accepted: str) -> str | None:
    """The first of our codings that the client takes; one with q=0 is refused."""
    return next((coding for coding in asset.encoded if accepts(coding, accepted)), None)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes | None) -> None:
    if body is not None and all(name != b"content-length" for name, _ in headers):
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body or b""})
