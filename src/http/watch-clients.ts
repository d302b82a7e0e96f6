import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '../observability/logger.ts'
import {
  CROWDED,
  LEAST_READ,
  LOOK_EVERY,
  MOST_CONNECTIONS,
  MOST_UNANSWERED,
  PATIENCE,
} from './client-limits.ts'

interface Client {
  unanswered: Set<ServerResponse>
  /** Listens to the end of each of its answers; one listener for all of them. */
  onAnswered: (this: ServerResponse) => void
  /** Looks since its latest request was answered or the next began to arrive, or since it came. */
  idle: number
  /** Of those that came in one read, by the bytes that had come until then. */
  latest: { read: number; requests: number }
  /** Bytes that had come from it when its latest request was answered. */
  heard: number
  /** Something was seen to come since then. More of the same buys no time. */
  arriving: boolean
  debt: Debt | null
}

/** `looks`: how often it has been seen since. A process that was held up has looked less often, and cuts nobody for that. */
interface Debt {
  what: keyof typeof PATIENCE
  looks: number
  taken: number
}

/** Hears of requests of every server, also of those that Node refuses by itself and that are no 'request' event. */
const EVERY_REQUEST = 'http.server.request.start'

/** How many were cut, by what for. */
const NONE = { reading: 0, closing: 0, pipelining: 0, idle: 0 }

/**
 * Destroys the connections of clients that owe something for too long: the reading of an answer, the closing of a
 * connection that was closed here. Node itself looks after requests that never become whole. A client that waits for
 * an answer, or is idle between two requests, owes nothing; only where it gets crowded do idle ones make room. To be
 * called before the server listens.
 */
export function watchClients(server: Server, log: Logger): void {
  const clients = new Map<Socket, Client>()
  let cut = { ...NONE }
  const destroy = (socket: Socket, why: keyof typeof cut) => {
    cut[why] += 1
    socket.destroy()
  }
  server.maxConnections = MOST_CONNECTIONS
  server.on('connection', (socket) => {
    const client = newClient(socket)
    clients.set(socket, client)
    socket.once('close', () => {
      clients.delete(socket)
      closeQueued(client)
    })
    boundRequests(socket, () => {
      if (!sendsTooMany(socket, client)) return false
      if (!socket.destroyed) destroy(socket, 'pipelining')
      return true
    })
  })
  const onRequest = (message: unknown) => {
    const { socket, response } = message as { socket: Socket; response: ServerResponse }
    const client = clients.get(socket)
    if (client) owesAnswer(client, response)
  }
  const look = () => {
    const isCrowded = clients.size > CROWDED.connections
    for (const [socket, client] of clients) {
      const why = overdue(socket, client) ?? (isCrowded && client.idle > CROWDED.looks ? 'idle' : null)
      if (why) destroy(socket, why)
    }
    if (Object.values(cut).every((count) => count === 0)) return
    // One line for all of them: a stranger decides how many there are.
    log.info({ event: 'http.cut', ...cut })
    cut = { ...NONE }
  }
  server.once('listening', () => {
    const looking = setInterval(look, LOOK_EVERY).unref()
    subscribe(EVERY_REQUEST, onRequest)
    server.once('close', () => {
      unsubscribe(EVERY_REQUEST, onRequest)
      clearInterval(looking)
    })
  })
}

function newClient(socket: Socket): Client {
  const client: Client = {
    ...{ unanswered: new Set(), idle: 0, arriving: false, debt: null },
    ...{ latest: { read: 0, requests: 0 }, heard: 0 },
    onAnswered() {
      client.unanswered.delete(this)
      client.arriving = false
      client.heard = socket.bytesRead
    },
  }
  return client
}

/**
 * Asked before each request. Where the parser comes to a body, those before it may be answered before it goes on, so that what
 * came in one read is counted, too.
 */
function sendsTooMany({ bytesRead }: Socket, { unanswered, latest }: Client): boolean {
  if (latest.read !== bytesRead) {
    latest.read = bytesRead
    latest.requests = 0
  }
  latest.requests += 1
  return Math.max(latest.requests, unanswered.size + 1) > MOST_UNANSWERED
}

function owesAnswer(client: Client, response: ServerResponse) {
  client.idle = 0
  client.unanswered.add(response)
  response.on('close', client.onAnswered)
}

/** Node says only to the answer that is being sent, not to those behind it, that its connection is gone. */
function closeQueued({ unanswered }: Client) {
  for (const response of unanswered) if (!response.socket) response.emit('close')
}

/** Looks at a client once more. @returns what it owes, when its time for that is over */
function overdue(socket: Socket, client: Client): Debt['what'] | null {
  const hasBegun = !client.arriving && socket.bytesRead > client.heard
  client.arriving ||= hasBegun
  client.idle = hasBegun || client.unanswered.size > 0 ? 0 : client.idle + 1
  const what = socket.writableLength > 0 ? 'reading' : socket.writableEnded ? 'closing' : null
  if (what === null || what !== client.debt?.what) {
    client.debt = what && { what, looks: 0, taken: takenBy(socket) }
    return null
  }
  const { debt } = client
  debt.looks += 1
  if (debt.looks < PATIENCE[what]) return null
  if (what === 'closing' || takenBy(socket) - debt.taken < LEAST_READ * debt.looks) return what
  // It has read enough of it, and so has time for the next part.
  client.debt = { what, looks: 0, taken: takenBy(socket) }
  return null
}

/**
 * Bytes that the system has taken over for a client. What Node documents moves only when a whole write is through, and
 * a large answer is one write: its reader would seem to do nothing.
 */
function takenBy(socket: Socket): number {
  const { _handle: handle } = socket as { _handle?: { bytesWritten: number; writeQueueSize: number } | null }
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0
}

/** The answer to Node's parser for a request whose connection goes over to another protocol: it leaves the rest alone. */
const PARSE_NO_FURTHER = 2

interface Parsed {
  parser?: { onIncoming: (request: unknown, keepAlive: boolean) => number } | null
}

/**
 * Node makes requests of all that its parser gets at once before anything else can stop it, and 64 KiB hold 1300 of them. So
 * the parser itself is stopped before it makes one too many. To look into each chunk instead would take the socket from the
 * parser, which reads it by itself: for a look-up that costs as much as a search in the database.
 */
function boundRequests(socket: Socket, isTooMany: () => boolean) {
  const { parser } = socket as Parsed
  if (!parser) return
  const { onIncoming } = parser
  parser.onIncoming = (request, keepAlive) =>
    isTooMany() ? PARSE_NO_FURTHER : onIncoming(request, keepAlive)
}

/** From here on what comes is read, so that an answer that was written is not lost, and means nothing. */
export function hearNoMore(socket: Socket): void {
  socket.removeAllListeners('data')
  // With somebody else who listens, Node's parser lets go of the socket.
  socket.on('data', () => undefined)
}
