# A release names the digest, so that it can be built again: .ci/release finds it out.
ARG NODE_IMAGE=node:24-bookworm-slim
FROM $NODE_IMAGE AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build

FROM $NODE_IMAGE AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# An optional package is the compiler that i18next names as a peer.
RUN npm ci --omit=dev --omit=optional
# The database driver brings its sources and the binaries of every platform.
RUN cd node_modules/better-sqlite3 \
 && rm -r deps src prebuilds/darwin-* prebuilds/win32-* prebuilds/linuxmusl-*

FROM $NODE_IMAGE
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY migrations migrations
COPY package.json ./
# What `wauth --version` names: docker build --build-arg COMMIT=$(git rev-parse --short HEAD)
ARG COMMIT=""
RUN printf '%s' "$COMMIT" > commit \
 && install --directory --owner=node --group=node --mode=700 /data /secrets/wauth /secrets/database \
 && chmod +x dist/cli/wauth.js \
 && ln -s /app/dist/cli/wauth.js /usr/local/bin/wauth
USER node
VOLUME /data
ENV NODE_ENV=production DATABASE_URL=file:/data/wauth.db
EXPOSE 3000
# The internal listener stays on loopback; set INTERNAL_HOST=0.0.0.0 when your handlers run in other containers.
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["node", "dist/cli/wauth.js", "health"]
# Node takes up to 192 MB for young values before it collects them; this service is as fast with 24.
CMD ["node", "--max-semi-space-size=8", "--disable-sigusr1", "dist/main.js"]
