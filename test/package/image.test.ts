import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { walkInstall } from '../../src/sandbox/walk-install.ts'
import { BUILDING } from '../support/built-command.ts'
import { fillAsImage, fillCompileCache } from '../support/image-folder.ts'
import { TOKEN } from '../support/internal-at-hand.ts'
import { nodeFlags } from '../support/node-flags.ts'
import { serviceAtHand, setUpAtHand } from '../support/set-up.ts'
import { tempDir } from '../support/temp-dir.ts'

/** What the image has beside Node, in a folder. */
let folder: string
beforeAll(async () => {
  const dir = await tempDir()
  folder = join(dir.path, 'app')
  await fillAsImage(folder)
  await fillCompileCache(folder)
  return () => dir.remove()
}, BUILDING)

const megabytes = async (path: string): Promise<number> => {
  const files = await readdir(path, { recursive: true, withFileTypes: true })
  const sizes = files.map(async (file) =>
    file.isFile() ? (await stat(join(file.parentPath, file.name))).size : 0,
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1024 ** 2
}

test('the packages in the image are few and small, and what was compiled lies ready for its user', async () => {
  expect(await megabytes(join(folder, 'node_modules'))).toBeLessThan(5)
  const [kept = ''] = await readdir(join(folder, '.compile-cache'))
  const place = join(folder, '.compile-cache', kept)
  const files = await readdir(place)
  expect(files.length).toBeGreaterThan(2)
  for (const file of files) expect((await stat(join(place, file))).mode & 0o004).toBe(0o004)
})

test('a running service does all its work after an update has taken its package away', async () => {
  const setUp = await setUpAtHand({ env: { INTERNAL_TOKEN: TOKEN } })
  const service = await serviceAtHand(setUp.env, {
    main: join(folder, 'dist/main.js'),
    nodeArgs: nodeFlags(),
  })
  await expect.poll(() => service.output(), { timeout: 20_000 }).toContain('service.warm')
  await rename(folder, `${folder}-before`)
  const ask = async (path: string) => {
    const answer = await fetch(service.internalUrl + path, { headers: { authorization: `Bearer ${TOKEN}` } })
    return `${answer.status} ${await answer.text()}`
  }
  const { marketplaceUrl } = setUp.sandbox.wazzup
  const { result } = await walkInstall({ browser: createBrowser(), marketplaceUrl, onStep: () => undefined })
  expect(result).toMatchObject({ status: 'connected' })
  const upload = () => ask('/v1/connections/acme/upload')
  await expect.poll(upload, { timeout: 20_000 }).toContain('"status":"done"')
  expect(await ask(`/v1/support/${result.supportId ?? ''}`)).toContain('200 ')
  expect(await ask('/metrics')).toContain('200 # HELP')
  expect(await ask('/openapi.json')).toContain('200 {')
  expect(await ask('/v1/connections/acme/api-key')).toContain('200 {"apiKey')
  await rename(`${folder}-before`, folder)
  expect((await service.stop()).code).toBe(0)
})

test('where nothing can be written beside it, it starts as well', async () => {
  await rm(join(folder, '.compile-cache'), { recursive: true })
  await writeFile(join(folder, '.compile-cache'), 'a file where the folder would be')
  const setUp = await setUpAtHand()
  const main = join(folder, 'dist/main.js')
  const service = await serviceAtHand({ ...setUp.env, NODE_COMPILE_CACHE: '' }, { main })
  expect((await service.stop()).code).toBe(0)
})
