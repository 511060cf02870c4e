"""nginx with nchan, the C program that broadcasts are compared with: published to by POST, ready frames as they are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import process
from tests.benchmarks.process import Process
from tests.machine.postgres import free_port

_MODULES = (Path("/usr/lib/nginx/modules"), Path("/usr/lib64/nginx/modules"), Path("/usr/share/nginx/modules"))
_MODULE = "ngx_nchan_module.so"
_SETTINGS = """
load_module {module};
worker_processes 1;
worker_rlimit_nofile {files};
daemon off;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections {connections}; use epoll; }}
http {{
  access_log off;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  keepalive_requests 1000000000;
  nchan_shared_memory_size 512m;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location ~ ^/live/(\\w+)$ {{
      nchan_subscriber eventsource; nchan_channel_id $1; nchan_subscriber_first_message newest;
      nchan_eventsource_ping_interval 0;
    }}
    location ~ ^/tell/(\\w+)$ {{
      nchan_publisher; nchan_channel_id $1; nchan_message_buffer_length 1; nchan_message_timeout 5s;
    }}
  }}
}}
"""


def lacking() -> str:
    """What is not on this machine; empty when all is."""
    if _nginx() is None:
        return "nginx is not installed (Debian: nginx)"
    return "" if _module() else "nginx's module nchan is not installed (Debian: libnginx-mod-nchan)"


@contextmanager
def running(folder: Path, connections: int) -> Iterator[Process]:
    """An nginx with room for `connections` streams; subscribe at /live/ID. Raises DidNotStart: the module makes nginx's
    own folder of bodies, which only root may unless it is there."""
    place, port = folder / f"nginx-{free_port()}", free_port()
    place.mkdir()
    settings = place / "nginx.conf"
    module, nginx = _module(), _nginx()
    assert module is not None
    assert nginx is not None
    room = connections * 5 // 4 + 500  # with less than a sixteenth free, nginx closes those that have asked nothing yet
    text = _SETTINGS.format(module=module, folder=place, port=port, connections=room, files=room + 500)
    settings.write_text(text)
    command = [nginx, "-c", str(settings), "-p", str(place), "-e", str(place / "error.log")]
    with process.started(command, port, folder / "nginx.log") as server:
        yield server


def post(payload: bytes, channel: str) -> bytes:
    """The request that publishes a payload."""
    head = f"POST /tell/{channel} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(payload) + payload


def _nginx() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def _module() -> Path | None:
    return next((folder / _MODULE for folder in _MODULES if (folder / _MODULE).exists()), None)
