import { glob, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import ts from 'typescript'

/** The SQL texts of a file, white space and the marks of parameters aside; what is put in is left as `${}`. */
function statementsIn(path: string, source: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node) => {
    const text = ts.isStringLiteral(node) || ts.isTemplateLiteral(node) ? node.getText().slice(1, -1) : ''
    const plain = text
      .replaceAll(/\$\{[^}]*\}/g, '${}')
      .replaceAll(/\s+/g, ' ')
      .trim()
    if (/^(SELECT|INSERT|UPDATE|DELETE|WITH)\b.*\b(FROM|INTO|SET)\b/.test(plain))
      found.push(plain.replaceAll('@', ''))
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true))
  return found
}

async function filesOf(pattern: string): Promise<string[]> {
  const paths: string[] = []
  for await (const path of glob(pattern)) paths.push(path)
  return paths
}

test('no statement of the store stands in two files', async () => {
  const places = new Map<string, Set<string>>()
  for (const path of await filesOf('src/store/**/*.ts')) {
    for (const statement of statementsIn(path, await readFile(path, 'utf8'))) {
      const files = places.get(statement) ?? new Set()
      places.set(statement, files.add(path))
    }
  }
  // A reader that understands nothing finds nothing twice either.
  expect(places.size).toBeGreaterThan(60)
  const twice = [...places].filter(([, files]) => files.size > 1).map(([statement]) => statement)
  expect(twice).toEqual([])
})

/** A copy moves whole rows, whatever columns a table has. */
const MOVES_ROWS = 'rows.ts'

test('no statement of the store leaves its columns to the table', async () => {
  const starred: string[] = []
  for (const path of await filesOf('src/store/**/*.ts')) {
    if (path.endsWith(MOVES_ROWS)) continue
    const statements = statementsIn(path, await readFile(path, 'utf8'))
    starred.push(
      ...statements
        .filter((text) => /(SELECT|RETURNING) (\w+\.)?\*/.test(text))
        .map((text) => `${path}: ${text}`),
    )
  }
  expect(starred).toEqual([])
})
