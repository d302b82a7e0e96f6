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

// PostgreSQL may look for the rows of an IN once more for each row of the table (see `batchOf`).
test('no statement of the store bounds how many rows it changes inside an IN', async () => {
  const bounded: string[] = []
  for (const path of await filesOf('src/store/**/*.ts')) {
    for (const text of statementsIn(path, await readFile(path, 'utf8'))) {
      if (hasBound(text)) bounded.push(`${path}: ${text}`)
    }
  }
  expect(bounded).toEqual([])
  expect(hasBound('DELETE FROM a WHERE id IN (SELECT id FROM a WHERE n > (SELECT 1) LIMIT 2)')).toBe(true)
  expect(hasBound('DELETE FROM a WHERE id IN (SELECT (SELECT 1 LIMIT 1) FROM b)')).toBe(false)
})

/** Takes the parentheses away from the innermost outwards, so that each IN has its own text left. */
function hasBound(statement: string): boolean {
  const innermost = /(\bIN )?\(([^()]*)\)/
  for (let rest = statement, found = innermost.exec(rest); found; found = innermost.exec(rest)) {
    const [whole, isIn, inside = ''] = found
    if (isIn && /\bLIMIT\b/.test(inside)) return true
    rest = rest.replace(whole, '')
  }
  return false
}
