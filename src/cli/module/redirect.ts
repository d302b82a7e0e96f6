import { isLoopback } from '../../config/loopback.ts'
import { BadUsage } from '../bad-usage.ts'

/**
 * The address that Wazzup will send customers to, or why it may not be one. It is sent as the URL parser writes it, so
 * that a letter which only looks Latin shows up as `xn--…`.
 * @throws BadUsage
 */
export function checkedRedirect(text: string, development: boolean): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) throw refusal('is not a web address')
  if (url.protocol === 'http:' && !(development && isLoopback(url.hostname)))
    throw refusal('must begin with https://')
  if (url.username || url.password) throw refusal('must not contain a user name or password')
  if (text.includes('#')) throw refusal('must not contain a fragment (#…): no server ever sees it')
  // How Wazzup adds its state to an address that has a query already is not documented.
  if (text.includes('?')) throw refusal('must not contain a query (?…): Wazzup adds its own')
  return url.href
}

const refusal = (problem: string) =>
  new BadUsage(
    `The address of --redirect ${problem}`,
    'Write it like https://wauth.crm.example/wauth; without --redirect it is PUBLIC_URL/wauth.',
  )
