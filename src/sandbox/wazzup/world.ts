import type { Accounts } from './accounts.ts'
import type { Connections } from './connections.ts'
import type { Modules } from './modules.ts'
import type { RateWindows } from './rate-windows.ts'
import type { Recorder } from './recorder.ts'
import type { RouteFaults } from './route-faults.ts'
import type { StateClaims, StateMint } from './state-mint.ts'
import type { Switches } from './switches.ts'

/** Everything the routes of the simulator share. */
export interface World {
  switches: Switches
  routeFaults: RouteFaults
  modules: Modules
  states: StateMint
  connections: Connections
  accounts: Accounts
  rates: RateWindows
  recorder: Recorder
  partnerApiKey: string
  /** The account whose personal area the marketplace page is, and the person in it. */
  visitor: Pick<StateClaims, 'userId' | 'accountId'>
  now: () => Date
}
