import type { CurrentKey } from './key.ts'

/** For whom, and for how many milliseconds, nobody else works on what is taken. */
export interface Lease {
  runner: string
  lease: number
}

/** What a worker shows with every write about the keys that it has taken. */
export interface Claim {
  runner: string
  key: Pick<CurrentKey, 'generationId'>
}

/**
 * What became of progress. `last`: it is written down, and the claim is gone, as Wazzup was seen to refuse the key meanwhile: what
 * was taken before that is not sent again. `gone`: nothing is written.
 */
export type Committed = 'goes_on' | 'last' | 'gone'

/** What became of what a worker has written down: nothing, as its claim is gone; or the health of the apiKey has changed by it. */
export type Noted = 'gone' | 'noted' | 'changed'
