# LinkBridge as a container: docs/operations/deploy.md says how to run it.
# tests/integration/image reads this file and does what it says, so that it stays true.

FROM python:3.11.14-slim-bookworm AS base

FROM base AS build
ENV UV_PROJECT_ENVIRONMENT=/opt/linkbridge \
    UV_PYTHON_DOWNLOADS=never \
    UV_LINK_MODE=copy \
    UV_COMPILE_BYTECODE=1
RUN pip install --no-cache-dir --root-user-action=ignore uv==0.13.9
WORKDIR /build
# The dependencies first: this layer is kept as long as the lock file does not change.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project
COPY README.md LICENSE ./
COPY src ./src
COPY phrasebooks ./phrasebooks
COPY templates ./templates
RUN uv sync --frozen --no-dev --no-editable

FROM base
LABEL org.opencontainers.image.title="LinkBridge" \
      org.opencontainers.image.description="Tells people on the move their rights in their own language" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0"
# postgresql-client is for backups; it must not be older than the server (compose.yaml).
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        espeak-ng \
        fontconfig \
        fonts-noto-cjk \
        fonts-noto-core \
        libpango-1.0-0 \
        libpangoft2-1.0-0 \
        postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 linkbridge \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin linkbridge \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/linkbridge /opt/linkbridge
# LINKBRIDGE_HOST stays at loopback: nothing is reachable until someone says how it is protected, by a certificate
# of its own or by a proxy that ends TLS.
ENV PATH=/opt/linkbridge/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LINKBRIDGE_DATA_DIR=/data \
    LINKBRIDGE_LOG_FORMAT=json \
    LINKBRIDGE_PORT=8000
WORKDIR /data
VOLUME ["/data"]
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["linkbridge", "health"]
ENTRYPOINT ["linkbridge"]
CMD ["serve"]
