import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { sourceProblems } from './support/source-problems.ts'
import { tempDir } from './support/temp-dir.ts'

const project = join(import.meta.dirname, '..')

test('the source keeps the rules of the house', async () => {
  const { problems, modules } = await sourceProblems(project)
  expect(problems).toEqual([])
  // A parser that understands nothing finds nothing wrong either.
  expect(modules).toBeGreaterThan(150)
})

describe('a source that breaks them is found out', () => {
  /** What is planted, and the rule that must name it. Every target is a file of its own. */
  const planted: readonly [file: string, rule: string, line: string][] = [
    ['src/connect/a.ts', 'flows-may-not-import', "import '../login/oidc/x.ts'"],
    ['src/connect/b.ts', 'flows-may-not-import', "import type { X } from '../store/sqlite/x.ts'"],
    ['src/keys/a.ts', 'flows-may-not-import', "import '../http/internal/x.ts'"],
    ['src/upload/a.ts', 'flows-may-not-import', "import '../settings.ts'"],
    ['src/shared/a.ts', 'ground-may-not-import', "import '../store/port.ts'"],
    ['src/config/a.ts', 'ground-may-not-import', "import '../wazzup/x.ts'"],
    ['src/wazzup/a.ts', 'wazzup-may-not-import', "import '../store/port.ts'"],
    ['src/store/port.ts', 'ports-may-not-import', "import './sqlite/x.ts'"],
    ['src/store/sealed.ts', 'beside-the-ports-may-not-import', "import './sqlite/x.ts'"],
    ['src/login/oidc/a.ts', 'engines-may-not-import', "import '../../http/public/x.ts'"],
    ['src/login/oidc/b.ts', 'engines-do-not-know-each-other', "import '../handoff/x.ts'"],
    ['src/store/postgres/a.ts', 'engines-do-not-know-each-other', "import '../sqlite/x.ts'"],
    ['src/http/public/a.ts', 'http-may-not-import', "import '../../login/oidc/x.ts'"],
    ['src/http/public/b.ts', 'http-may-not-import', "import '../../app.ts'"],
    ['src/workers/a.ts', 'workers-may-not-import', "import '../http/public/x.ts'"],
    ['src/app.ts', 'app-may-not-import', "import './cli/x.ts'"],
    ['src/plugins/a.ts', 'every-file-has-a-layer', "import '../shared/x.ts'"],
    ['src/sandbox/a.ts', 'sandbox-may-not-import', "import '../shared/x.ts'"],
    ['src/http/internal/a.ts', 'only-the-demo-knows-the-sandbox', "import '../../sandbox/x.ts'"],
    ['src/cli/serve.ts', 'only-the-demo-knows-the-sandbox', "import '../sandbox/x.ts'"],
    ['src/connect/c.ts', 'fastify-only-in-http', "import type { FastifyInstance } from 'fastify'"],
    ['src/workers/b.ts', 'fastify-only-in-http', "import '@fastify/cookie'"],
    ['src/store/memory.ts', 'sql-only-in-its-engine', "import 'better-sqlite3'"],
    ['src/connect/d.ts', 'sql-only-in-its-engine', "import 'node:sqlite'"],
    ['src/connect/e.ts', 'no-development-package-in-the-service', "import 'nock'"],
    ['src/connect/h.ts', 'no-package-of-the-sandbox-in-the-service', "import 'oidc-provider'"],
    ['src/cli/a.ts', 'renderer-in-its-process', "import '@resvg/resvg-wasm'"],
    ['src/workers/c.ts', 'opentelemetry-in-one-file', "import '@opentelemetry/api'"],
    ['src/compose/a.ts', 'opentelemetry-only-when-asked-for', "import '../observability/tracing/otlp.ts'"],
    ['src/crypto/a.ts', 'no-cycle', "import './b.ts'"],
    ['src/keys/b.ts', 'no-cycle-between-folders', "import '../upload/b.ts'"],
    ['src/upload/b.ts', 'no-cycle-between-folders', "import type { X } from '../keys/x.ts'"],
    ['src/crypto/c.ts', 'no-unknown-import', "import './nowhere.ts'"],
    ['src/connect/f.ts', 'environment-only-at-the-entry', 'export const home = process.env.HOME'],
    ['src/connect/g.ts', 'environment-only-at-the-entry', "import { env } from 'node:process'"],
    ['src/connect/string-utils.ts', 'no-drawer', ''],
    ['src/connect/helpers/a.ts', 'no-drawer', ''],
    ['src/http/common.ts', 'no-drawer', ''],
    ['src/keys/key-manager.ts', 'no-drawer', ''],
    ['src/connect/long.ts', 'short-files', '// one line\n'.repeat(200)],
  ]
  const targets = new Map(
    [
      ...['config', 'shared', 'wazzup', 'login/oidc', 'login/handoff', 'store/sqlite', 'http/public'],
      ...['http/internal', 'sandbox', 'cli', 'keys'],
    ].map((folder) => [`src/${folder}/x.ts`, '']),
  )
  targets.set('src/settings.ts', '')
  targets.set('src/observability/tracing/otlp.ts', '')
  // The other half of a cycle, by a type only.
  targets.set('src/crypto/b.ts', "import type { X } from './a.ts'")
  let problems: string[]

  beforeAll(async () => {
    const root = await tempDir()
    const files = new Map(targets)
    for (const [file, , line] of planted) files.set(file, line)
    for (const [file, line] of files) {
      await mkdir(dirname(join(root.path, file)), { recursive: true })
      await writeFile(join(root.path, file), `${line}\nexport interface X {}\n`)
    }
    await copyFile(join(project, 'package.json'), join(root.path, 'package.json'))
    await symlink(join(project, 'node_modules'), join(root.path, 'node_modules'))
    problems = (await sourceProblems(root.path)).problems
    return () => root.remove()
  })

  test.each(planted)('%s by %s', (file, rule) => {
    expect(problems.some((problem) => problem.startsWith(`${rule}: ${file}`))).toBe(true)
  })

  test('and nothing else is blamed', () => {
    const culprits = problems.map((problem) => problem.split(/: | → /)[1])
    expect(new Set(culprits)).toEqual(new Set(planted.map(([file]) => file)))
  })
})
