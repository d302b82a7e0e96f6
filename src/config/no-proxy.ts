import { BlockList, isIP } from 'node:net'
import { isLoopback } from './loopback.ts'

/** Where a request goes, as a URL has it. */
export interface Target {
  hostname: string
  /** As a number; 443 where the URL has none. */
  port: number
}

/** One item of NO_PROXY: as it is written, by which two are compared, and whom it means. */
export class Bypass {
  readonly text: string
  readonly isMet: (target: Target) => boolean

  constructor(text: string, isMet: Bypass['isMet']) {
    this.text = text.toLowerCase()
    this.isMet = isMet
  }

  /** For its fingerprint. */
  toJSON(): string {
    return this.text
  }
}

/**
 * Reads an item as curl and Go do: a host with all that is below it, an address, a block of addresses (CIDR), each perhaps with a
 * port, or `*` for everything. A block holds addresses as they are written in a URL: no name is looked up for it. Null for what
 * can be none.
 */
export function bypassOf(item: string): Bypass | null {
  const isMet = meaningOf(item)
  return isMet && new Bypass(item, isMet)
}

function meaningOf(item: string): Bypass['isMet'] | null {
  if (item === '*') return () => true
  const [, host = '', port] = /^(\[[^\]]+\](?:\/\d+)?|[^[\]]*?)(?::(\d{1,5}))?$/.exec(item) ?? []
  // An IPv6 address without brackets has colons of its own.
  const bare = item.split('/')[0] ?? ''
  const name = isIP(bare) === 6 ? item : host
  const isHost = blockOf(name.replace(/[[\]]/g, '')) ?? domainOf(name)
  if (!isHost) return null
  const only = isIP(bare) === 6 || port === undefined ? null : Number(port)
  return (target) => (only === null || only === target.port) && isHost(bareHost(target.hostname))
}

/** This machine is never asked for through a proxy, whatever NO_PROXY says: as with Go, and as `localhost` there is another one. */
export const isThisMachine = ({ hostname }: Target): boolean => isLoopback(bracketed(bareHost(hostname)))

const bareHost = (hostname: string) => hostname.replace(/^\[|\]$/g, '').toLowerCase()

const bracketed = (host: string) => (isIP(host) === 6 ? `[${host}]` : host)

function blockOf(text: string): ((host: string) => boolean) | null {
  const [address = '', bits] = text.split('/')
  const family = isIP(address)
  if (family === 0) return null
  const longest = family === 4 ? 32 : 128
  const length = bits === undefined ? longest : Number(bits)
  if (!/^\d{0,3}$/.test(bits ?? '') || bits === '' || length > longest) return null
  const block = new BlockList()
  block.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6')
  return (host) => isIP(host) !== 0 && block.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6')
}

function domainOf(text: string): ((host: string) => boolean) | null {
  const domain = text.toLowerCase().replace(/^\*?\.|\.$/g, '')
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(domain)) return null
  return (host) => {
    const name = host.replace(/\.$/, '')
    return name === domain || name.endsWith(`.${domain}`)
  }
}
