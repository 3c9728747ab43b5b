# The image of a distributed deployment: gateway, sink, analyze, dashboard and migrate, one command each.
#
# The databases of the embedded mode are left out: chDB and PostgreSQL come as optional packages, and so does the Node that
# package.json pins, which is the base image here. So there is no `start` and no `demo` in it. The program runs as a user of its
# own, and writes nothing but /data and /tmp: the root file system may be read-only.

FROM node:26.10.0-bookworm-slim AS pages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json vite.config.ts ./
COPY schemas ./schemas
COPY dashboard ./dashboard
RUN npm run build

FROM node:26.10.0-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:26.10.0-bookworm-slim
LABEL org.opencontainers.image.title="Assay" \
      org.opencontainers.image.description="Self-hosted LLM gateway and token analytics" \
      org.opencontainers.image.licenses="Apache-2.0"
# A volume that is mounted on /data for the first time takes over its owner.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /data
WORKDIR /app
COPY package.json *.ts ./
COPY schemas ./schemas
COPY ingest ./ingest
COPY analytics ./analytics
COPY dashboard/commands ./dashboard/commands
COPY dashboard/server ./dashboard/server
COPY --from=modules /app/node_modules ./node_modules
COPY --from=pages /app/dashboard/web/dist ./dashboard/web/dist
ENV NODE_ENV=production ASSAY_DATA=/data ASSAY_HOST=0.0.0.0
USER 10001:10001
EXPOSE 4100 4101 4102
# Whether the process lives, and not whether all its stores do: who restarts unhealthy containers must not restart a gateway
# that goes on serving while ClickHouse is away.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4102/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/main.ts"]
CMD ["--help"]
