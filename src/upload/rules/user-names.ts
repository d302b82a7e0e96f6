import { UNSEEN } from './phone-notation.ts'

/** Where people are shown by their user names, and what stands there in place of one. */
interface Site {
  hosts: readonly string[]
  reserved: readonly string[]
}

const SITES = {
  telegram: {
    hosts: ['t.me', 'telegram.me', 'telegram.dog'],
    reserved: [
      ...['joinchat', 's', 'c', 'addstickers', 'addemoji', 'addlist', 'addtheme', 'bg', 'boost', 'contact'],
      ...[
        'confirmphone',
        'giftcode',
        'invoice',
        'iv',
        'login',
        'm',
        'proxy',
        'setlanguage',
        'share',
        'socks',
      ],
    ],
  },
  instagram: {
    hosts: ['instagram.com', 'instagr.am'],
    reserved: [
      ...['p', 'reel', 'reels', 'tv', 'explore', 'stories', 'accounts', 'direct', 'about', 'developer'],
      ...['legal', 'privacy', 'terms', 'web', 'challenge', 'graphql', 'api', 'oauth', 's'],
    ],
  },
} satisfies Record<string, Site>

const ADDRESS = /^(?:https?:\/\/)?(?:www\.|m\.)?([a-z.]+)(?:\/([^?#]*))?(?:[?#].*)?$/i

/** Of letters, digits, dots and lines, as both sites have them. */
const IN_ADDRESS = /^@?([\w.]{1,100})\/*$/

/** Not in an address. Whether there is such a user, Wazzup knows; what turns letters round or shows nothing is in no name. */
const BARE = /^@?([^@\s/:\p{Cc}\p{Cf}\p{Cs}]{1,100})$/u

/** The path of an address of that site, without its slash; null for anything else. */
function pathAt({ hosts }: Site, text: string): string | null {
  const [, host = '', path = ''] = ADDRESS.exec(text) ?? []
  return hosts.includes(host.toLowerCase()) ? path : null
}

/** Whether it is an address of Telegram's, or a user name with its `@`: no id, whatever stands in the field of one. */
export const isTelegramName = (value: unknown): boolean => {
  const text = trimmed(value)
  return text.startsWith('@') || pathAt(SITES.telegram, text) !== null
}

/** A user name without `@`, also out of an address of its site; null when it is none. */
export function userNameOf(value: unknown, site: keyof typeof SITES | null): string | null {
  const text = trimmed(value)
  const at: Site | null = site && SITES[site]
  const path = at && pathAt(at, text.replace(/^@/, ''))
  if (at === null || path === null) return BARE.exec(text)?.[1] ?? null
  const name = IN_ADDRESS.exec(path)?.[1]
  return name === undefined || at.reserved.includes(name.toLowerCase()) ? null : name
}

const trimmed = (value: unknown): string =>
  typeof value === 'string' ? value.replace(UNSEEN, '').trim() : ''
