import { createRemoteJWKSet, customFetch } from 'jose'
import { createBoundedFetch } from './bounded-fetch.ts'
import { readable } from './readable-key-set.ts'

/**
 * How many keys a key set has, asked for now.
 * @throws when the set cannot be had or read, see `failure-code.ts`
 */
export async function countKeys(url: URL, allowHttpLoopback: boolean): Promise<number> {
  const outward = createBoundedFetch({ allowHttpLoopback })
  try {
    const keys = createRemoteJWKSet(url, { [customFetch]: outward.fetch })
    await readable(keys.reload())
    return keys.jwks()?.keys.length ?? 0
  } finally {
    await outward.close()
  }
}
