import type { IForbiddenRuleType } from 'dependency-cruiser'

/** A layer of src/, and what of src/ it may import besides itself. */
interface Layer {
  name: string
  folders: string
  mayImport: string
}

const ground = '(config|crypto|observability|upstream|shared)/'
const ports =
  '(login/port|crm/port|store/(port|errors|moment|attempt|audit|change|connection|counts|delivery|erasure|exchange|installs|key|lease|sealing-records|short-lived|support|switch-off|upload))\\.ts'
// What the engines of a port share; `index.ts` is the list of the engines and knows them all.
const besidePorts = '(login|store)/(?!index\\.ts)[^/]+\\.ts'

/** From the ground up. */
const layers: readonly Layer[] = [
  { name: 'ground', folders: ground, mayImport: '' },
  { name: 'ports', folders: ports, mayImport: `${ground}|${ports}` },
  { name: 'wazzup', folders: 'wazzup/', mayImport: ground },
  { name: 'crm', folders: 'crm/', mayImport: `${ground}|${ports}` },
  { name: 'beside-the-ports', folders: besidePorts, mayImport: `${ground}|${ports}` },
  { name: 'rules-of-the-store', folders: 'store/sql/', mayImport: `${ground}|${ports}|${besidePorts}` },
  {
    name: 'engines',
    folders: '(login|store)/(?!sql/)[^/]+/',
    mayImport: `${ground}|${ports}|${besidePorts}|store/sql/`,
  },
  { name: 'lists', folders: '(login|store)/index\\.ts', mayImport: `${ground}|(login|store)/` },
  {
    name: 'flows',
    folders: '(changes|connect|events|keys|upload)/',
    mayImport: `${ground}|${ports}|wazzup/|login/roles\\.ts`,
  },
  {
    name: 'support',
    folders: 'support/',
    mayImport: `${ground}|${ports}|(connect|upload)/|login/render-failures\\.ts`,
  },
  {
    name: 'http',
    folders: 'http/',
    mayImport: `${ground}|${ports}|(changes|connect|keys|support|upload|crm)/`,
  },
  { name: 'workers', folders: 'workers/', mayImport: `${ground}|${ports}|(connect|keys|upload)/` },
  { name: 'settings', folders: 'settings\\.ts', mayImport: `${ground}|login/(index|port)\\.ts` },
  { name: 'app', folders: '(app\\.ts|compose/|package/)', mayImport: '(?!cli/|main\\.ts)' },
  { name: 'entry', folders: '(cli/|main\\.ts)', mayImport: '.*' },
  { name: 'sandbox', folders: 'sandbox/', mayImport: '' },
]

const layerRules = layers.map(({ name, folders, mayImport }) => ({
  name: `${name}-may-not-import`,
  from: { path: `^src/${folders}` },
  to: { path: '^src/', pathNot: `^src/(${[folders, mayImport].filter(Boolean).join('|')})` },
}))

const npm = (names: string) => `(^|node_modules/)(${names})(/|$)`

const otherRules = [
  {
    name: 'every-file-has-a-layer',
    from: { path: '^src/', pathNot: layers.map(({ folders }) => `^src/${folders}`) },
    to: {},
  },
  {
    name: 'engines-do-not-know-each-other',
    from: { path: '^src/(login|store)/([^/]+)/' },
    to: { path: '^src/$1/[^/]+/', pathNot: '^src/($1/$2|store/sql)/' },
  },
  {
    name: 'only-the-demo-knows-the-sandbox',
    from: { path: '^src/', pathNot: '^src/(sandbox/|cli/demo)' },
    to: { path: '^src/sandbox/' },
  },
  {
    name: 'fastify-only-in-http',
    from: { path: '^src/', pathNot: '^src/(http/|sandbox/|app\\.ts|compose/|package/)' },
    to: { path: npm('fastify|@fastify') },
  },
  {
    name: 'sql-only-in-its-engine',
    from: { path: '^src/', pathNot: '^src/store/(sqlite|postgres)/' },
    to: { path: `${npm('better-sqlite3|postgrator|pg')}|sqlite$` },
  },
  {
    name: 'opentelemetry-in-one-file',
    from: { path: '^src/', pathNot: '^src/observability/tracing/otlp\\.ts' },
    to: { path: npm('@opentelemetry') },
  },
  {
    name: 'opentelemetry-only-when-asked-for',
    from: { path: '^src/' },
    to: { path: '^src/observability/tracing/otlp\\.ts', dynamic: false },
  },
  {
    name: 'no-development-package-in-the-service',
    from: { path: '^src/', pathNot: '^src/(sandbox/|cli/demo)' },
    to: {
      dependencyTypes: ['npm-dev' as const],
      dependencyTypesNot: ['type-only' as const, 'npm-peer' as const],
    },
  },
  {
    // It is not shipped, and is only let near a file of others in a process that can be killed.
    name: 'renderer-in-its-process',
    from: { path: '^src/', pathNot: '^src/cli/module/logo/picture/drawing-process\\.ts' },
    to: { path: npm('@resvg') },
  },
  {
    // The package brings them for the demo and the sandbox.
    name: 'no-package-of-the-sandbox-in-the-service',
    from: { path: '^src/', pathNot: '^src/(sandbox/|cli/demo)' },
    to: { path: 'node_modules/(oidc-provider|node-html-parser|tough-cookie)/' },
  },
  { name: 'no-cycle', from: { path: '^src/' }, to: { circular: true } },
  { name: 'no-unknown-import', from: { path: '^src/' }, to: { couldNotResolve: true } },
]

/** The import directions of the service, as rules of dependency-cruiser. */
export const importRules: IForbiddenRuleType[] = [...layerRules, ...otherRules].map((rule) => ({
  severity: 'error',
  ...rule,
}))
