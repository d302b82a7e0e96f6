import { createRemoteJWKSet, customFetch } from 'jose'
import { createBoundedFetch } from './bounded-fetch.ts'
import type { LoginCheck, LoginDeps } from './port.ts'
import { failureReason, nextAfter } from './probe.ts'
import { readable } from './readable-key-set.ts'

type Outwards = Pick<LoginDeps, 'allowHttpLoopback' | 'wayOut'>

interface KeySet {
  /** Whose it is, as the subject of a sentence. */
  peer: string
  url: URL
  /** What to do when it is of no use. */
  next: string
}

/** Asks for the keys that logins are signed with: whether they can be had, and how many there are. */
export async function checkKeySet({ peer, url, next }: KeySet, bounds: Outwards): Promise<LoginCheck> {
  const unusable = (why: string, todo = next): LoginCheck => ({
    ...{ part: null, status: 'failure', next: todo },
    says: `${peer} gives no usable keys (${why})`,
  })
  try {
    const count = await countKeys(url, bounds)
    if (count === 0) return unusable('there are none')
    const says = `${peer} answers and has ${count === 1 ? 'one key' : `${count} keys`}`
    return { part: null, status: 'pass', says, next: null }
  } catch (error) {
    return unusable(failureReason(error), nextAfter(error, next))
  }
}

async function countKeys(url: URL, bounds: Outwards): Promise<number> {
  const bounded = createBoundedFetch(bounds)
  try {
    const keys = createRemoteJWKSet(url, { [customFetch]: bounded.fetch })
    await readable(keys.reload())
    return keys.jwks()?.keys.length ?? 0
  } finally {
    await bounded.close()
  }
}
