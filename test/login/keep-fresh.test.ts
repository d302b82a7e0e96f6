import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PeerUnavailable } from '../../src/login/bounded-fetch.ts'
import { keepFresh, type Kept } from '../../src/login/keep-fresh.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'

const load = vi.fn<() => Promise<string>>()
let kept: Kept<string>
const open = () => (kept = keepFresh({ load, peer: 'the peer', every: minutes(10), jitter: () => 0 }))
const down = new PeerUnavailable('peer_unreachable')

beforeEach(() => {
  vi.useFakeTimers()
  load.mockReset().mockResolvedValue('told')
})
afterEach(async () => {
  await kept.close()
  vi.useRealTimers()
})

test('is not well before it has been told anything', () => {
  open()
  expect(kept.health()).toEqual({ ok: false, detail: 'the peer has not answered yet' })
})

test('asks once for many who want to know', async () => {
  open()
  expect(await Promise.all([kept.get(), kept.get(), kept.get()])).toEqual(['told', 'told', 'told'])
  expect(load).toHaveBeenCalledTimes(1)
})

test('asks again when the time has come', async () => {
  open()
  await kept.get()
  load.mockResolvedValue('told anew')
  await vi.advanceTimersByTimeAsync(minutes(10))
  expect(await kept.get()).toBe('told anew')
})

test('keeps what it was told while the peer is down, and says so', async () => {
  open()
  await kept.get()
  load.mockRejectedValue(down)
  await vi.advanceTimersByTimeAsync(minutes(10))
  expect(await kept.get()).toBe('told')
  expect(kept.health()).toEqual({
    ok: false,
    detail:
      'the peer gives no usable answer: peer_unreachable: The login of the CRM cannot be reached from this machine.',
  })
})

test('tries again with growing pauses', async () => {
  load.mockRejectedValue(down)
  open()
  await vi.advanceTimersByTimeAsync(seconds(2 + 4 + 8))
  expect(load).toHaveBeenCalledTimes(4)
})

test('gets well by itself', async () => {
  load.mockRejectedValueOnce(down)
  open()
  await vi.advanceTimersByTimeAsync(seconds(2))
  expect(kept.health()).toEqual({ ok: true, detail: 'the peer answers' })
})

test('tries at once for someone who waits', async () => {
  load.mockRejectedValueOnce(down)
  open()
  await vi.advanceTimersByTimeAsync(0)
  expect(await kept.get()).toBe('told')
})

test('asks no more after it is closed', async () => {
  open()
  await kept.close()
  await vi.advanceTimersByTimeAsync(minutes(60))
  expect(load).toHaveBeenCalledTimes(1)
  expect(vi.getTimerCount()).toBe(0)
})
