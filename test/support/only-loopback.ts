/**
 * Loaded before every test file, and into every service that a test starts: whatever asks for another machine fails at
 * once, by name like a name that does not exist, by address with a code that nothing else uses.
 */
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { BlockList, isIP, Socket } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

const isHere = (host: string) =>
  isIP(host) === 0 ? host === 'localhost' : loopback.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6')

const notFound = (name: string) =>
  Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}: tests stay on loopback`), {
    ...{ code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name },
  })

const beyond = (address: string) =>
  Object.assign(new Error(`connect ${address}: tests stay on loopback`), { code: 'ERR_BEYOND_LOOPBACK' })

type Lookup = (name: string, ...rest: unknown[]) => unknown
type Connect = (this: Socket, ...args: unknown[]) => Socket

/** The host in the arguments of `connect`, in all the forms it takes; undefined stands for this machine. */
function hostIn(args: unknown[]): string | undefined {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[]
  if (typeof first === 'object' && first !== null) return (first as { host?: string }).host
  return typeof second === 'string' ? second : undefined
}

function keepLookups() {
  const calls = dns as unknown as { lookup: Lookup }
  const { lookup } = calls
  calls.lookup = (name, ...rest) => {
    if (isHere(name)) return lookup(name, ...rest)
    const done = rest.at(-1) as (error: Error) => void
    process.nextTick(done, notFound(name))
    return undefined
  }

  const promises = dns.promises as unknown as { lookup: Lookup }
  const { lookup: lookupPromise } = promises
  promises.lookup = async (name, ...rest) => {
    if (!isHere(name)) throw notFound(name)
    return lookupPromise(name, ...rest)
  }
}

function keepSockets() {
  const sockets = Socket.prototype as unknown as { connect: Connect }
  const { connect } = sockets
  sockets.connect = function (...args) {
    const host = hostIn(args) ?? 'localhost'
    // A name is looked up next, and stopped there.
    if (isIP(host) === 0 || isHere(host)) return connect.apply(this, args)
    process.nextTick(() => this.destroy(beyond(host)))
    return this
  }
}

/** One process runs many test files, and this is loaded before each of them. */
const KEPT = Symbol.for('wauth.only-loopback')
if (!Reflect.has(Socket.prototype, KEPT)) {
  keepLookups()
  keepSockets()
  Reflect.set(Socket.prototype, KEPT, true)
  syncBuiltinESMExports()
}
