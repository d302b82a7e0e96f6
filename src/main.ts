#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

// Before anything else is loaded: on an older Node the database driver does not fail, it crashes.
if (major < 22 || (major === 22 && minor < 20)) {
  process.stderr.write(`This service needs Node 22.20 or newer, this is ${process.versions.node}.\n`)
  process.exit(78)
}

const { serve } = await import('./cli/serve.ts')
await serve()
