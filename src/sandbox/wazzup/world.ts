import type { Connections } from './connections.ts'
import type { Fault } from './fault.ts'
import type { Modules } from './modules.ts'
import type { Recorder } from './recorder.ts'
import type { StateClaims, StateMint } from './state-mint.ts'
import type { Switches } from './switches.ts'

/** Everything the routes of the simulator share. */
export interface World {
  switches: Switches
  faults: Fault[]
  modules: Modules
  states: StateMint
  connections: Connections
  recorder: Recorder
  partnerApiKey: string
  /** The account whose personal area the marketplace page is, and the person in it. */
  visitor: Pick<StateClaims, 'userId' | 'accountId'>
  now: () => Date
}
