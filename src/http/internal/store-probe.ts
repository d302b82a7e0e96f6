import { seconds } from '../../shared/clock.ts'
import { StoreNotWritable } from '../../store/errors.ts'

/** A caller that asks for readiness waits about as long. */
const LONGEST = seconds(1)

interface Part {
  ok: boolean
  detail: string
}

/**
 * Makes a question to the store that is always answered in a second. However many ask, the store is asked once at a
 * time: a blocked one must not be given ever more to do.
 */
export function createStoreProbe(ping: () => Promise<void>): () => Promise<Part> {
  let pending: Promise<Part> | null = null
  const ask = async (): Promise<Part> => {
    try {
      await ping()
      return { ok: true, detail: 'answers' }
    } catch (error) {
      return { ok: false, detail: error instanceof StoreNotWritable ? 'takes no write' : 'does not answer' }
    }
  }
  // Forgotten by its end, which comes after it was kept also where `ping` throws at once.
  const join = () => (pending ??= ask().finally(() => (pending = null)))
  return () => Promise.race([join(), tooSlow()])
}

const tooSlow = () =>
  new Promise<Part>((resolve) => {
    setTimeout(resolve, LONGEST, { ok: false, detail: 'does not answer within a second' }).unref()
  })
