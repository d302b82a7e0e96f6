# A release names the digest, so that it can be built again: .ci/release finds it out.
ARG NODE_IMAGE=node:24-bookworm-slim
FROM $NODE_IMAGE AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json rolldown.config.ts ./
COPY src src
# Writes the licences of the packages, which go into few files by the build.
COPY test/supply-chain test/supply-chain
RUN npm run build
# What stays a package (`rolldown.config.ts`). The database driver brings its sources and the binaries of every platform.
RUN mkdir packages && cp -R node_modules/better-sqlite3 node_modules/google-libphonenumber packages \
 && rm -r packages/better-sqlite3/deps packages/better-sqlite3/src \
 && find packages -name '*.node' ! -name "linux-$(node --print process.arch).node" -delete

FROM $NODE_IMAGE
WORKDIR /app
COPY --from=build /app/packages node_modules
COPY --from=build /app/dist dist
COPY migrations migrations
COPY package.json ./
# What Node compiles at a start is kept: the user of the container cannot write it, and a start has it from the first one on.
# So is what it compiles of the command that the container's health is asked by.
RUN DATABASE_URL=file:/tmp/wauth.db NODE_ENV=development PUBLIC_URL=http://127.0.0.1:3000 PORT=0 INTERNAL_PORT=0 CRM_NAME=Image WAZZUP_CRM_CODE=image \
    WAZZUP_SECRET=of-nobody-and-long-enough ENCRYPTION_KEYS="$(node dist/cli/wauth.js keys generate)" LOGIN=handoff \
    HANDOFF_SECRET=of-nobody-and-long-enough-for-it HANDOFF_LOGIN_URL=http://127.0.0.1:9 HANDOFF_ISSUER=image \
    timeout --foreground --preserve-status 5 node --max-semi-space-size=8 --disable-sigusr1 dist/main.js \
 && node --disable-sigusr1 dist/cli/wauth.js health --help >/dev/null \
 && chmod -R a+rX .compile-cache && rm /tmp/wauth.db*
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
