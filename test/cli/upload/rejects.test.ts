import { afterEach, expect, test, vi } from 'vitest'
import { listRejects } from '../../../src/cli/upload/rejects.ts'
import type { Store, Upload, UploadReject } from '../../../src/store/port.ts'

afterEach(() => vi.restoreAllMocks())

async function listed(reject: Partial<UploadReject>, rejected: number, json = false): Promise<string> {
  let text = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((text += String(chunk)), true))
  const row = { number: 1, kind: 'contacts', rowId: 'c-1', position: 4, reason: 'name_missing', ...reject }
  const store = { uploads: { rejects: async () => [row] } } as unknown as Store
  const upload = { generationId: 'g', steps: [{ rejected }, { rejected: 0 }] } as unknown as Upload
  await listRejects(store, upload, json ? { json } : {}).finally(() => vi.restoreAllMocks())
  return text
}

test.each([
  ['a direction', 'a\u202eb', 'a\\u{202e}b'],
  ['a command', 'a\u001b[2Jb', 'a\\u{1b}[2Jb'],
  ['a late control', 'a\u009bb', 'a\\u{9b}b'],
])('%s in an id does nothing to a terminal', async (_, rowId, shown) => {
  expect(await listed({ rowId }, 1)).toContain(shown)
  const json = await listed({ rowId }, 1, true)
  expect(json).not.toContain(rowId)
  expect(JSON.parse(json)).toMatchObject([{ rowId }])
})

test('how many there are that were not kept', async () => {
  expect(await listed({}, 12)).toContain('and 11 more')
  expect(await listed({}, 1)).not.toContain('more')
  expect(await listed({ reason: 'uri_left_out' }, 1)).toContain('and 1 more')
  // A user goes without the number that does not do, a contact that has no other chat does not go at all.
  expect(await listed({ kind: 'users', reason: 'phone_not_usable' }, 1)).toContain('and 1 more')
  expect(await listed({ reason: 'phone_not_usable' }, 1)).not.toContain('more')
})
