"""`python -m carriers.demo`: plays Pigeon Vole on loopback until told to stop."""

from __future__ import annotations

import argparse

import uvicorn

from carriers.demo.server import app


def main() -> None:
    """Read the flags and serve."""
    parser = argparse.ArgumentParser(prog="python -m carriers.demo", description="Plays the carrier Pigeon Vole.")
    parser.add_argument("--port", type=int, default=8007)
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than life parcels move")
    parser.add_argument("--key", default="demo", help="the API key that opens it")
    args = parser.parse_args()
    uvicorn.run(app(args.speed, key=args.key), host="127.0.0.1", port=args.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
