ARG PYTHON=3.11

FROM python:${PYTHON}-slim-bookworm AS build
WORKDIR /src
COPY requirements-build.lock requirements.lock ./
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements-build.lock
RUN python -m venv /opt/jalon && /opt/jalon/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY static ./static
COPY templates ./templates
COPY carriers ./carriers
COPY portal ./portal
RUN /opt/build/bin/python -m hatchling build -t wheel -d /opt/wheel
RUN /opt/jalon/bin/pip install --no-cache-dir --no-deps /opt/wheel/*.whl && /opt/jalon/bin/pip uninstall --yes pip setuptools

FROM python:${PYTHON}-slim-bookworm
# Carriers' certificates are checked against the system's list.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 jalon && useradd --uid 10001 --gid jalon --no-create-home --home-dir /data --shell /usr/sbin/nologin jalon \
    && install --directory --owner=jalon --group=jalon --mode=0700 /data
COPY --from=build /opt/jalon /opt/jalon
ENV PATH=/opt/jalon/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 JALON_DATABASE_URL=sqlite:////data/jalon.db
WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz/ready', timeout=4)"]
CMD ["jalon", "serve", "--host", "0.0.0.0"]
