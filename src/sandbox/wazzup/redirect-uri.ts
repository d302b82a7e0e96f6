import type { Switches } from './switches.ts'

/** Puts the state on the address to which a client is sent. */
export function withState(address: string, state: string, how: Switches['redirect']): string {
  if (how === 'glued') return `${address}?state=${state}`
  const url = new URL(address)
  url.searchParams.append('state', state)
  return url.href
}
