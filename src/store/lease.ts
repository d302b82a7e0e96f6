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
