import { expect, test } from 'vitest'
import type { AuthorizedCall, CallOutcome } from '../../src/wazzup/authorized-call.ts'
import { createRemove } from '../../src/wazzup/remove.ts'

const refusal: CallOutcome = { kind: 'refused', status: 404, code: 'NOT_FOUND', data: undefined }

function removing(outcome: CallOutcome) {
  const calls: Parameters<AuthorizedCall>[0][] = []
  const remove = createRemove(async (call) => {
    calls.push(call)
    return outcome
  })
  return { calls, remove }
}

test('ids go in one request, as a bare list', async () => {
  const { calls, remove } = removing({ kind: 'done', status: 200, body: ['c-2'] })
  expect(await remove('contacts', [{ id: 'c-1' }, { id: 'c-2' }], 'key')).toMatchObject({ kind: 'done' })
  expect(calls).toMatchObject([{ method: 'PATCH', path: '/v3/contacts/bulk_delete', body: ['c-1', 'c-2'] }])
})

test('one that is not there counts as done; of several it is not known which', async () => {
  const { remove } = removing(refusal)
  expect(await remove('deals', [{ id: 'd-1' }], 'key')).toMatchObject({ kind: 'done' })
  expect(await remove('deals', [{ id: 'd-1' }, { id: 'd-2' }], 'key')).toEqual(refusal)
})
