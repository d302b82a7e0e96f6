import { chmod, chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { spawnService, startProcess } from '../support/service-process.ts'
import { lonelySetUpFor } from '../support/set-up.ts'
import { eachOfFirst, LONG } from '../support/long.ts'

/** No mode of a file stops root, so the service of these tests is somebody else: `nobody`. */
const [ROOT, NOBODY] = [0, 65534]

const setUp = lonelySetUpFor('each')
let path: string
beforeEach(() => {
  path = join(setUp.folder, 'wauth.db')
})

/** A database that was in use, with its folder, all of it of the service's user. */
async function madeForNobody() {
  await (await openSqliteStore(path)).close()
  for (const one of [setUp.folder, path]) await chown(one, NOBODY, NOBODY)
}

const CASES: readonly (readonly [what: string, spoil: () => Promise<unknown>, named: RegExp])[] = [
  [
    'a file of another owner',
    async () => {
      await chown(path, ROOT, ROOT)
      await chmod(path, 0o644)
    },
    /wauth\.db belongs to user 0, and this process, of user 65534.* chown 65534/,
  ],
  ...(['-wal', '-shm'] as const).map(
    (beside) =>
      [
        `a ${beside} of another owner, left behind`,
        () => writeFile(path + beside, '', { mode: 0o644 }),
        new RegExp(`wauth\\.db${beside} belongs to user 0, .* chown 65534`),
      ] as const,
  ),
  [
    'a file that nobody may read but its owner',
    async () => {
      await chown(path, ROOT, ROOT)
      await chmod(path, 0o600)
    },
    /wauth\.db belongs to user 0, .* chown 65534/,
  ],
  [
    'a file without the right to write',
    () => chmod(path, 0o444),
    /wauth\.db belongs to user 65534, .* chmod u\+rw/,
  ],
  [
    'a folder of another owner',
    async () => {
      await chown(setUp.folder, ROOT, ROOT)
      await chmod(setUp.folder, 0o755)
    },
    /The folder of the database belongs to user 0, .* chown 65534/,
  ],
]

const isRoot = process.getuid?.() === ROOT

describe.skipIf(!isRoot)('as another user, which only root may start', () => {
  async function expectRefused(named: RegExp) {
    const { ended, output } = spawnService(setUp.env, { uid: NOBODY })
    expect(await ended).toEqual({ code: 78, signal: null })
    expect(output()).toContain('(database_cannot_open)')
    expect(output()).toMatch(named)
  }

  eachOfFirst(2)(CASES)(
    '%s ends the start with 78, and the hint names what to change',
    async (_, spoil, named) => {
      await madeForNobody()
      await spoil()
      await expectRefused(named)
    },
  )

  test('the same before a migration, which is not blamed for it', LONG, async () => {
    await (await openSqliteStore(path)).close()
    const older = new Database(path)
    older.exec('DELETE FROM migrations WHERE version > 5; DROP TABLE health_writes')
    older.close()
    await chmod(path, 0o644)
    await chown(setUp.folder, NOBODY, NOBODY)
    await expectRefused(/wauth\.db belongs to user 0, .* chown 65534/)
  })

  test('with all rights it starts', async () => {
    await madeForNobody()
    const service = await startProcess(setUp.env, { uid: NOBODY })
    expect((await fetch(`${service.internalUrl}/readyz`)).status).toBe(200)
    expect(await service.stop()).toEqual({ code: 0, signal: null })
  })
})
