import { withState } from './redirect-uri.ts'
import type { World } from './world.ts'

/** A click on "Connect". `typed`: the address of the client's CRM, asked for when the module has none. */
export interface Click {
  crmCode: string
  typed: string
  accountId?: string
}

export type SendOff =
  { kind: 'address'; address: string } | { kind: 'refused'; why: 'no_module' | 'no_address' }

/** Mints a state for a click and finds where the client has to go with it. */
export async function sendOff(world: World, click: Click): Promise<SendOff> {
  const module = world.modules.withCode(click.crmCode)
  if (!module) return { kind: 'refused', why: 'no_module' }
  const address = module.authRedirectUri || click.typed
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? '')) {
    return { kind: 'refused', why: 'no_address' }
  }
  const claims = { ...world.visitor, crmCode: module.crmCode }
  if (click.accountId) claims.accountId = click.accountId
  const state = await world.states.mint(claims, world.switches.stateLife)
  return { kind: 'address', address: withState(address, state, world.switches.redirect) }
}
