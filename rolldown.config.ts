import childProcess from 'node:child_process'
import { cpSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix, relative } from 'node:path'
import { defineConfig, type Plugin, type RolldownOptions } from 'rolldown'

const SOURCES = join(import.meta.dirname, 'src')
const BUILT = join(import.meta.dirname, 'dist')

/** What Node starts, or is told to load by name. Each keeps its place; what they share is in `dist/chunks/`. */
const ENTRIES = ['main', 'cli/wauth', 'package/open-keys', 'cli/module/logo/picture/drawing-process']

/** The whole running service is one file: a start opens little, and nothing is left to be read from a package that is updated. */
const SERVICE = 'cli/serve'

/**
 * What stays a package beside the built service: a binary and the code around it; what most processes never load; a peer
 * that nobody has to have; and what the PostgreSQL driver looks for and we do not use. The image has the first two.
 */
const PACKAGES = ['better-sqlite3', 'google-libphonenumber', '@resvg/resvg-wasm', 'pg-native']

/** A module asks for files beside it by where it stands in `src/`: for it, it stands in the same place in `dist/`. */
const places: Plugin = {
  name: 'places',
  transform(code, id) {
    if (!id.startsWith(SOURCES)) return null
    const file = relative(SOURCES, id).replace(/\.ts$/, '.js')
    return code.replace(/import\.meta\.(url|dirname|filename)\b/g, `import.meta.of("$1", "${file}")`)
  },
  renderChunk(code, chunk) {
    const from = posix.dirname(chunk.fileName)
    return code.replace(/import\.meta\.of\("(\w+)", "([^"]+)"\)/g, (_, what: string, file: string) => {
      if (what === 'url') return `new URL("${posix.relative(from, file)}", import.meta.url).href`
      const path = posix.relative(from, what === 'dirname' ? posix.dirname(file) : file)
      return `(import.meta.dirname + "/${path}")`
    })
  },
}

/**
 * Where a module imports a part of Node, Node reads all that the part exports: `node:http` loads its own copy of undici
 * by that, `node:process` opens standard input. It costs 30 ms of a start; to ask for the part itself does not.
 */
const builtins = (codeOf: (part: string) => string): Plugin => ({
  name: 'builtins',
  resolveId(source, _, { kind }) {
    if (!isBuiltin(source)) return null
    const id = source.startsWith('node:') ? source : `node:${source}`
    // What rolldown itself puts into a file imports `node:module`.
    return kind === 'import-statement' && id !== 'node:module' ? `\0${id}` : { id, external: true }
  },
  load: (id) => (id.startsWith('\0node:') ? codeOf(id.slice(1)) : null),
})

const askedFor = (part: string) => `process.getBuiltinModule('${part}')`

/** All parts at once, as the service needs them all; of each, what is used. */
function partAtOnce(part: string): string {
  const names = Object.keys(process.getBuiltinModule(part) ?? {}).filter((name) => /^[a-zA-Z]\w*$/.test(name))
  return [
    `const itself = ${askedFor(part)}`,
    'const exported = (name) => itself[name]',
    'export default itself',
    ...names.map((name) => `export const ${name} = /* @__PURE__ */ exported('${name}')`),
  ].join('\n')
}

/** A part when it is first needed, as a command needs few. */
function partWhenNeeded(part: string): string {
  if (part !== 'node:child_process') return `module.exports = ${askedFor(part)}`
  // The reader of command lines imports it for what no command of ours does, and it brings four more parts.
  const names = Object.keys(childProcess).map((name) => `get ${name}() { return ${askedFor(part)}.${name} }`)
  return `module.exports = { ${names.join(', ')} }`
}

/** The commands have it; the bench builds the floor of one of them in the same way. */
export const builtinsWhenNeeded = builtins(partWhenNeeded)

/** The commands find the service in its file. */
const service: Plugin = {
  name: 'service',
  resolveId: (source) =>
    source.endsWith(`/${posix.basename(SERVICE)}.ts`)
      ? { id: join(BUILT, `${SERVICE}.js`), external: true }
      : null,
}

/**
 * One letter that is not Latin makes V8 keep the whole file with two bytes for each of its letters: the service took 4 MB
 * more. Such letters are escaped; where an escape would be read as it stands, the build says so.
 */
const ascii: Plugin = {
  name: 'ascii',
  // Not by `renderChunk`: what comes out of it is written once more, without escapes.
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = inAscii(file.code)
  },
}

function inAscii(code: string): string {
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(code)) throw new Error('String.raw keeps an escape as it stands')
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Pages, pictures and scripts for browsers stand beside the code that reads them. */
const assets: Plugin = {
  name: 'assets',
  writeBundle() {
    cpSync(SOURCES, BUILT, { recursive: true, filter: (file) => !/\.(ts|json)$/.test(file) })
  },
}

/** What every command needs is two files and not twenty: to find one takes half a millisecond. */
const GROUPS = [
  { name: 'node', test: /^\0/ },
  {
    name: 'cli',
    test: /node_modules\/commander\/|src\/(cli\/(program|asked|exit|output|keys\/(index|generate))|shared\/(app-error|clock|printable))\.ts$/,
  },
]

const inSources = (entries: readonly string[]) =>
  Object.fromEntries(entries.map((entry) => [entry, join(SOURCES, `${entry}.ts`)]))

const shared: RolldownOptions = {
  platform: 'node',
  // Packages of the demo alone do this; the rules for our own sources forbid it.
  checks: { eval: false },
}

// Licences ship as one file, which `npm run sbom` writes. Names and lines stay, so that a trace can be read.
const written = { dir: BUILT, entryFileNames: '[name].js', comments: false }

/** Our packages are built in: to find and open a thousand files takes longer than to read what is in them. */
export default defineConfig([
  {
    ...shared,
    input: inSources([SERVICE]),
    external: PACKAGES,
    plugins: [places, builtins(partAtOnce), ascii],
    output: { ...written, codeSplitting: false },
  },
  {
    ...shared,
    input: inSources(ENTRIES),
    external: PACKAGES,
    plugins: [service, places, builtinsWhenNeeded, ascii, assets],
    output: { ...written, chunkFileNames: 'chunks/[name]-[hash].js', codeSplitting: { groups: GROUPS } },
  },
])
