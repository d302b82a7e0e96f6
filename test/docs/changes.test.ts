import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { connected } from '../support/attempts.ts'
import { internalFor, TOKEN } from '../support/internal-at-hand.ts'
import { tempDir } from '../support/temp-dir.ts'
import { blockWith } from './blocks.ts'

const run = promisify(execFile)
const hasPython = await run('python3', ['-c', 'import json']).then(
  () => true,
  () => false,
)
const at = internalFor('each')

/** What a program of the document answers for these changes of a customer. */
async function answer(language: 'javascript' | 'python', account: string, changes: object[]) {
  const folder = await tempDir()
  const given = `${JSON.stringify(account)}, ${JSON.stringify(changes)}`
  const [name, text, program] =
    language === 'python'
      ? ([
          'pass.py',
          `${blockWith('docs/changes.md', 'def pass_on')}\nprint(pass_on(${given}))`,
          'python3',
        ] as const)
      : ([
          'pass.mjs',
          `${blockWith('docs/changes.md', 'function passOn')}\nconsole.log(await passOn(${given}))`,
          process.execPath,
        ] as const)
  const path = join(folder.path, name)
  await writeFile(path, text)
  const env = { ...process.env, INTERNAL_URL: at.url, INTERNAL_TOKEN: TOKEN }
  return run(program, [path], { env })
    .then(
      ({ stdout }) => stdout.trim().toLowerCase(),
      (error: unknown) => String((error as { stderr: unknown }).stderr),
    )
    .finally(() => folder.remove())
}

const asShown = () =>
  (JSON.parse(blockWith('docs/changes.md', '"op": "upsert"')) as { changes: object[] }).changes

test.each(['javascript', ...(hasPython ? (['python'] as const) : [])] as const)(
  'the %s of the document passes changes on',
  async (language) => {
    await connected(at.store, 'acme & co', 'key')
    expect(await answer(language, 'acme & co', asShown())).toBe('true')
    expect(await at.store.changes.find('acme & co')).toMatchObject({ waiting: 2 })
    expect(await answer(language, 'nobody', asShown())).toBe('true')
    expect(await answer(language, 'acme & co', [{ kind: 'users' }])).toContain('a change is wrong: changes.0')
  },
)
