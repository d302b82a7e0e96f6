import childProcess from 'node:child_process'
import { cpSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix, relative } from 'node:path'
import { defineConfig, type Plugin, type RolldownOptions } from 'rolldown'

const SOURCES = join(import.meta.dirname, 'src')
const BUILT = join(import.meta.dirname, 'dist')

/** What Node starts. */
const BEGIN = ['main', 'cli/wauth']

/** What is loaded by its name. Each keeps its place; what they share is in `dist/chunks/`. */
const LOADED = ['package/open-keys', 'cli/module/logo/picture/drawing-process']

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

/** The reader of command lines imports it for what no command of ours does, and it brings four more parts. */
const CHILDREN_WHEN_NEEDED = '\0children-when-needed'

/**
 * Where a module imports a part of Node, Node reads all that the part exports: `node:http` loads its own copy of undici
 * by that, `node:process` opens standard input. It costs 30 ms of a start; to ask for the part itself does not.
 * The bench builds the floor of a command in the same way.
 */
export const builtins: Plugin = {
  name: 'builtins',
  resolveId(source, importer) {
    if (!isBuiltin(source)) return null
    const id = source.startsWith('node:') ? source : `node:${source}`
    if (id === 'node:child_process' && importer?.includes('/commander/')) return CHILDREN_WHEN_NEEDED
    return { id, external: true }
  },
  load(id) {
    if (id !== CHILDREN_WHEN_NEEDED) return null
    const each = Object.keys(childProcess).map(
      (name) => `get ${name}() { return ${part('node:child_process')}.${name} }`,
    )
    return `export default { ${each.join(', ')} }`
  },
  renderChunk: (code) => code.replace(/^import (.+) from "(node:[\w/]+)";$/gm, asked),
}

// `process` itself may be a name of what is imported.
const part = (id: string) => `globalThis.process.getBuiltinModule("${id}")`

/** `import path, { join as j } from "node:path"`, as rolldown writes it, with nothing imported. */
function asked(_: string, what: string, id: string): string {
  const [, whole, names] = /^(?:\* as )?([\w$]+)?(?:, )?(\{.+\})?$/.exec(what) ?? []
  if (!whole && !names) throw new Error(`import ${what} from "${id}" is written in a way that is not known`)
  return [whole, names?.replaceAll(' as ', ': ')]
    .filter(Boolean)
    .map((name) => `const ${name} = ${part(id)};`)
    .join('\n')
}

/** What begins a command is a file of its own: what Node has compiled of the rest is looked for by then. */
const PROGRAM = 'cli/program'

/** These are found in their files, and not built in once more. */
const foundIn = (files: readonly string[]): Plugin => ({
  name: 'found',
  resolveId(source) {
    const file = files.find((file) => source.endsWith(`/${posix.basename(file)}.ts`))
    return file ? { id: `found:${file}.js`, external: true } : null
  },
  renderChunk(code, { fileName }) {
    const pathTo = (file: string) => posix.relative(posix.dirname(fileName), file)
    return code.replace(/"found:([^"]+)"/g, (_, file: string) =>
      JSON.stringify(pathTo(file).replace(/^(?!\.)/, './')),
    )
  },
})

/** Rolldown writes it into each file beside this one, also where nothing of it is used. */
const noIdleRuntime: Plugin = {
  name: 'no-idle-runtime',
  renderChunk: (code) => code.replace(/^import "\.[^"]*\/rolldown-runtime-[^"]+";\n/gm, ''),
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

/** What every command needs is one file and not ten: to find one takes half a millisecond. */
const GROUPS = [
  {
    name: 'command',
    test: /node_modules\/commander\/|children-when-needed$|src\/(cli\/(program|asked|exit|output|keys\/(index|generate))|shared\/(app-error|clock|printable))\.ts$/,
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

/** A file that begins has all in it that it needs before what Node compiled is at hand, and finds the rest by its name. */
const beginning = (entry: string): RolldownOptions => ({
  ...shared,
  input: inSources([entry]),
  plugins: [foundIn([SERVICE, PROGRAM]), places, builtins, ascii],
  output: { ...written, codeSplitting: false },
})

/** Our packages are built in: to find and open a thousand files takes longer than to read what is in them. */
export default defineConfig([
  {
    ...shared,
    input: inSources([SERVICE]),
    external: PACKAGES,
    plugins: [places, builtins, ascii],
    output: { ...written, codeSplitting: false },
  },
  ...BEGIN.map(beginning),
  {
    ...shared,
    input: inSources([PROGRAM, ...LOADED]),
    external: PACKAGES,
    preserveEntrySignatures: 'allow-extension',
    plugins: [foundIn([SERVICE]), places, builtins, noIdleRuntime, ascii, assets],
    output: { ...written, chunkFileNames: 'chunks/[name]-[hash].js', codeSplitting: { groups: GROUPS } },
  },
])
