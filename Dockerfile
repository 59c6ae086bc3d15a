FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --no-audit --no-fund
COPY src ./src
RUN npm run build && npm prune --omit=dev --omit=optional --no-audit --no-fund

FROM node:22-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg tini \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /etc/ovd-gateway /var/lib/ovd-gateway
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY config ./config
USER node
ENV NODE_ENV=production STATE_DIRECTORY=/var/lib/ovd-gateway
# As in systemd/ovd-gateway.service.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=262144
# The page's own; another `web.listen` needs another one here.
ENV OVD_HEALTH_URL=http://127.0.0.1:8080/healthz
VOLUME ["/etc/ovd-gateway", "/var/lib/ovd-gateway"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(process.env.OVD_HEALTH_URL).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# tini reaps what ffmpeg might leave and hands signals on.
ENTRYPOINT ["tini", "--", "node", "dist/main.js"]
CMD ["run", "-c", "/etc/ovd-gateway/gateway.yaml"]
