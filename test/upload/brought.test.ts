import { expect, test } from 'vitest'
import { acceptChanges } from '../../src/changes/accept.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { NOON } from '../support/attempts.ts'
import { contact, gone } from '../support/changes-at-hand.ts'
import { page, ROWS, uploadAtHand } from '../support/upload-at-hand.ts'

test('a change that waited is dropped once the upload has brought newer; a later one is kept', async () => {
  const store: { late: () => Promise<unknown> } = { late: async () => null }
  const at = await uploadAtHand(async ({ kind }) => {
    if (kind !== 'contacts') return page(kind)
    await store.late()
    return {
      kind: 'page',
      page: {
        items: [
          { ...ROWS.contacts, id: 'c-1' },
          { ...ROWS.contacts, id: 'c-2' },
        ],
        next: null,
        total: 2,
      },
    }
  })
  const put = (...asked: Parameters<typeof acceptChanges>[1]) =>
    acceptChanges('acme', asked, { store: at.store, random: systemRandom, clock: () => NOON })
  store.late = () => put(contact('c-2', { name: 'Anna' }))
  await put(contact('c-1'), contact('c-2'), gone('contacts', 'c-3'))
  const upload = await at.turn()
  expect(upload.status).toBe('done')
  // Of c-1 the upload has brought newer; c-2 has changed while it was read; c-3 is not in the export.
  expect(await at.store.changes.find('acme')).toMatchObject({ waiting: 2, dropped: 1, waitsFor: null })
})
