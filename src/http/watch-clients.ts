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
  /** Looks since its latest request was answered or the next began to arrive, or since it came. */
  idle: number
  /** Something has come since its latest answer. More of the same buys no time. */
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
    const client: Client = { unanswered: new Set(), idle: 0, arriving: false, debt: null }
    clients.set(socket, client)
    socket.once('close', () => {
      clients.delete(socket)
      closeQueued(client)
    })
    boundChunks(socket, client, () => {
      destroy(socket, 'pipelining')
    })
  })
  const onRequest = (message: unknown) => {
    const { socket, response } = message as { socket: Socket; response: ServerResponse }
    const client = clients.get(socket)
    if (!client) return
    owesAnswer(client, response)
    if (client.unanswered.size > MOST_UNANSWERED && !socket.destroyed) destroy(socket, 'pipelining')
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

function owesAnswer(client: Client, response: ServerResponse) {
  client.idle = 0
  client.unanswered.add(response)
  response.once('close', () => {
    client.unanswered.delete(response)
    client.arriving = false
  })
}

/** Node says only to the answer that is being sent, not to those behind it, that its connection is gone. */
function closeQueued({ unanswered }: Client) {
  for (const response of unanswered) if (!response.socket) response.emit('close')
}

/** Looks at a client once more. @returns what it owes, when its time for that is over */
function overdue(socket: Socket, client: Client): Debt['what'] | null {
  client.idle = client.unanswered.size > 0 ? 0 : client.idle + 1
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

const END_OF_HEADERS = Buffer.from('\r\n\r\n')

/** Bytes that hold 28 of the shortest requests. */
const PIECE = 512

/**
 * Node makes requests of all that its parser gets at once before anything can stop it, and 64 KiB hold 1300 of them. So
 * of what may be too many the parser gets small pieces, and none after the one that was one too many. Only the parser
 * knows requests from a body that looks like them.
 */
function boundChunks(socket: Socket, client: Client, cut: () => void) {
  const [parse] = socket.listeners('data') as ((chunk: Buffer) => void)[]
  if (!parse) return
  socket.removeListener('data', parse)
  const parseInPieces = (chunk: Buffer) => {
    for (let at = 0; at < chunk.length && !socket.writableEnded && !socket.destroyed; at += PIECE) {
      // It is paused for a request that came before the answers of others were taken: this is no body.
      if (socket.isPaused()) cut()
      else parse(chunk.subarray(at, at + PIECE))
    }
  }
  socket.on('data', (chunk: Buffer) => {
    // What comes after the last answer is read, so that the answer is not lost, and means nothing.
    if (socket.writableEnded) return
    const isNew = !client.arriving
    if (isNew) client.idle = 0
    client.arriving = true
    // Almost every chunk is looked through once. What begins with requests and goes on with them is no body.
    if (!holdsTooMany(chunk, ANYTHING)) parse(chunk)
    else if (isNew && holdsTooMany(chunk, REQUEST_LINE)) cut()
    else parseInPieces(chunk)
  })
}

/** What may follow the end of headers. */
const [REQUEST_LINE, ANYTHING] = [/^[A-Z]{3,10} \//, /^/]

function holdsTooMany(chunk: Buffer, followedBy: RegExp): boolean {
  let found = 0
  for (let at = chunk.indexOf(END_OF_HEADERS); at >= 0; at = chunk.indexOf(END_OF_HEADERS, at + 4)) {
    if (followedBy.test(chunk.toString('latin1', at + 4, at + 20)) && ++found > MOST_UNANSWERED) return true
  }
  return false
}
