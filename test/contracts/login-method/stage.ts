import type { BrowserAnswer, Identity, LoginMethod } from '../../../src/login/port.ts'

/** A method at work, with a CRM that logs one and the same person in. */
export interface LoginStage {
  method: LoginMethod
  /** What the browser brings back from there. */
  logIn: (location: URL) => Promise<BrowserAnswer>
  /** Moves the clock of the service. */
  laterBy: (ms: number) => void
  /** What `remember` holds that the browser must never see. */
  keptBack: (remember: string) => string[]
  /** The CRM's server, if the method asks one by itself. */
  peer: { comeUp: () => void; sockets: () => Promise<number> } | null
  close: () => Promise<void>
}

export interface LoginHarness {
  identity: Identity
  asksPeer: boolean
  open(options?: { allowedRoles?: string; down?: boolean }): Promise<LoginStage>
}

export type OpenStage = LoginHarness['open']
