# syntax=docker/dockerfile:1
# One small image for web, worker, beat and migrate; docker-compose.yml says which is which.
# Debian and Python are those that the tests run on.
ARG BASE=python:3.11-slim-bookworm

# -- 1. what set-up makes from the sources, by the same Makefile as everywhere -----------------------
FROM ${BASE} AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make setup
RUN mkdir -p /app/build \
 && cp -r manage.py bannmae chatops complaints payments liff templates /app/ \
 && cp -r build/answers build/fonts build/icons build/staticfiles /app/build/ \
 && find /app \( -name tests -o -name frontend -o -name __pycache__ \) -type d -prune -exec rm -rf {} +

# -- 2. the packages of the running service, and no others -------------------------------------------
FROM ${BASE} AS packages
COPY requirements.lock .
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
 && /opt/venv/bin/pip uninstall -y -q pip setuptools

# -- 3. what runs ------------------------------------------------------------------------------------
FROM ${BASE}
# WeasyPrint's text layout
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=packages /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=bannmae.settings \
    VAR_DIR=/var/lib/bannmae \
    HOME=/tmp \
    PORT=8000
RUN python -m compileall -q /app /opt/venv \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin bannmae \
 && install -d -o bannmae -g bannmae -m 700 /var/lib/bannmae
WORKDIR /app
USER bannmae
EXPOSE 8000
# Asks under the public name: any other Host is refused.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.parse as p, urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', headers={'Host': p.urlsplit(os.environ['PUBLIC_URL']).netloc}), timeout=4)"]
# PORT decides the address (0.0.0.0:$PORT).
CMD ["gunicorn", "bannmae.wsgi", "--worker-class=gthread", "--workers=2", "--threads=8", "--timeout=60", "--graceful-timeout=15", "--no-control-socket", "--forwarder-headers=", "--log-level=warning"]
