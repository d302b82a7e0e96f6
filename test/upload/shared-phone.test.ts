import { describe, expect, test } from 'vitest'
import type { Outgoing } from '../../src/upload/narrow.ts'
import { sendNarrowing } from '../../src/upload/send-narrowing.ts'
import type { CallOutcome } from '../../src/wazzup/authorized-call.ts'

interface User {
  id: string
  phone?: string
}

const users = (...phones: (string | undefined)[]): Outgoing[] =>
  phones.map((phone, n) => ({ id: `u${n}`, position: n + 1, row: { id: `u${n}`, ...(phone && { phone }) } }))

/** Sends users to a Wazzup where no two have one phone; `tells`: what its refusal says of it. */
async function sendAll(
  rows: Outgoing[],
  taken: string[] = [],
  tells: (phone: string) => unknown = (phone) => ({ phone }),
) {
  const there = new Map<string, string | undefined>(taken.map((phone) => [`owner of ${phone}`, phone]))
  const sent = await sendNarrowing(rows, {
    ...{ kind: 'users', apiKey: 'key', tries: 0, mayGoOn: async () => true },
    upsert: async (_, batch): Promise<CallOutcome> => {
      const after = new Map(there)
      for (const { id, phone } of batch as User[]) after.set(id, phone)
      const phones = [...after.values()].filter((phone) => phone !== undefined)
      const double = phones.find((phone, at) => phones.indexOf(phone) !== at)
      if (double !== undefined)
        return { kind: 'refused', status: 400, code: 'DUPLICATE_PHONE_NUMBER', data: tells(double) }
      for (const [id, phone] of after) there.set(id, phone)
      return { kind: 'done', status: 200, body: undefined }
    },
  })
  if (sent.kind !== 'sent') throw new Error(sent.kind)
  return {
    phones: rows.map(({ id }) => there.get(id)),
    refused: sent.refused,
    without: sent.withoutPhone.map(({ id }) => id).toSorted(),
  }
}

describe('of users with one phone', () => {
  test('the first keeps it, and the others go without', async () => {
    expect(await sendAll(users('7901', '7902', '7901', undefined, '7901'))).toEqual({
      ...{ phones: ['7901', '7902', undefined, undefined, undefined], refused: [], without: ['u2', 'u4'] },
    })
  })

  test('the first is the one that was read first, wherever it stands in the request', async () => {
    const [first, second] = users('7901', '7901')
    if (!first || !second) throw new Error()
    expect(await sendAll([second, first])).toMatchObject({ phones: [undefined, '7901'], without: ['u1'] })
  })

  test('none keeps it when somebody else has it at Wazzup', async () => {
    expect(await sendAll(users('7901', '7901'), ['7901'])).toMatchObject({
      ...{ phones: [undefined, undefined], refused: [], without: ['u0', 'u1'] },
    })
  })

  test.each([
    ['nothing', () => undefined],
    ['the number with a plus', (phone: string) => ({ phone: `+${phone}` })],
    ['the number as a number', (phone: string) => ({ phone: Number(phone) })],
  ])('no user is lost, though the refusal says %s', async (_, tells) => {
    const { phones, refused, without } = await sendAll(users('7901', '7902', '7901'), [], tells)
    expect({ phones, refused, without }).toEqual({
      ...{ phones: ['7901', '7902', undefined], refused: [], without: ['u2'] },
    })
  })
})
