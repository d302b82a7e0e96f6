import { describe, expect, test } from 'vitest'
import { after } from '../../src/shared/clock.ts'
import { replacedBy, type Connection } from '../../src/store/connection.ts'
import { NOON } from '../support/attempts.ts'

describe('what a confirmation would replace', () => {
  const connection: Connection = {
    ...{ id: 'c', crmAccountId: 'acme', crmAccountName: 'Acme', wazzupAccountId: null },
    ...{ status: 'connected', generation: 1, connectedAt: NOON, invalidSince: null, disconnectedAt: null },
    warning: null,
  }

  test('nothing, for an account that was never connected or is disconnected', () => {
    expect(replacedBy(null)).toBe('none')
    expect(replacedBy({ ...connection, status: 'disconnected' })).toBe('none')
  })

  test('is another thing after every connect', () => {
    const moved: Connection = { ...connection, status: 'invalid', wazzupAccountId: '1' }
    expect(replacedBy(moved)).toBe(replacedBy(connection))
    expect(replacedBy(connection)).not.toBe(replacedBy({ ...connection, connectedAt: after(NOON, 1) }))
  })
})
