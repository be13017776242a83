# The image of Kinkeeper: one image, two commands (bot, ops). Decision 0022 says why it is made so.
#
#   docker build -t kinkeeper:local .
#
# The base is pinned by digest; a release is built with the newest one of the day (--build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:…).
# Who cannot reach that digest any more falls back on the tag: --build-arg NODE_IMAGE=node:24-bookworm-slim
ARG NODE_IMAGE=node:24-bookworm-slim@sha256:235600a8101ab264e117b1768e925532262668dc9b581ef1dd7d96ced463b8e7

# --- packages: what npm installs for running, for this machine alone -------------------------------------------------
FROM ${NODE_IMAGE} AS packages
ARG SOURCE_DATE_EPOCH=0
WORKDIR /app
COPY package.json package-lock.json ./
COPY bot/matrix/no-native-crypto bot/matrix/no-native-crypto
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY config/deploy/image config/deploy/image
# The bill of materials is npm's own, of what the lock file has installed here; then other machines' binaries go.
RUN npm sbom --omit=dev --package-lock-only --sbom-format=cyclonedx > /tmp/sbom.json && \
    node config/deploy/image/settle-sbom.mjs /tmp/sbom.json sbom.cdx.json && \
    node config/deploy/image/drop-foreign-binaries.mjs node_modules && \
    chmod -R u=rwX,go=rX node_modules && find node_modules -exec touch -h -d "@${SOURCE_DATE_EPOCH}" {} +

# --- root: the programs that the product starts, and nothing else ----------------------------------------------------
FROM ${NODE_IMAGE} AS root
ARG SOURCE_DATE_EPOCH=0
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get upgrade -y && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates openssh-client postgresql-client rsync tzdata util-linux && \
    dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' > /tmp/packages.txt
COPY config/deploy/image/strip-root.mjs /tmp/strip-root.mjs
RUN node /tmp/strip-root.mjs

# --- app: the product's own files ------------------------------------------------------------------------------------
FROM ${NODE_IMAGE} AS app
ARG SOURCE_DATE_EPOCH=0
WORKDIR /app
COPY . .
COPY --from=packages /app/sbom.cdx.json .
# One owner, one mode and one time for each file, whoever checked them out.
RUN rm -rf config/deploy && chmod -R u=rwX,go=rX . && chmod 755 ops/kinkeeper.ts && find . -exec touch -h -d "@${SOURCE_DATE_EPOCH}" {} +

# --- the image -------------------------------------------------------------------------------------------------------
FROM scratch
ARG KINKEEPER_VERSION=local
LABEL org.opencontainers.image.title="Kinkeeper" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later" \
      org.opencontainers.image.version="${KINKEEPER_VERSION}"
# The first layer changes with Debian, the second with the lock file, the third with each version.
COPY --from=root / /
COPY --from=packages /app/node_modules /app/node_modules
COPY --from=app /app /app
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin \
    NODE_ENV=production \
    HEALTH_URL=http://127.0.0.1:8765/healthz
USER 10001:10001
# Here lies kinkeeper.yaml, so that `kinkeeper doctor` needs no --config.
WORKDIR /config
HEALTHCHECK --interval=30s --timeout=10s --start-period=2m --retries=3 \
  CMD ["node", "-e", "fetch(process.env.HEALTH_URL).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--disable-warning=DEP0060", "/app/bot/main.ts", "--config", "/config/kinkeeper.yaml"]
