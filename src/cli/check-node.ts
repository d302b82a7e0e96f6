// Imported before anything else: on an older Node the database driver does not fail with words, it crashes.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 20)) {
  process.stderr.write(`This needs Node 22.20 or newer; this is ${process.versions.node}.\n`)
  process.exit(78)
}
