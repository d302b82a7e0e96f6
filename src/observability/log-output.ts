import { write, writeSync } from 'node:fs'
import { sleep } from '../shared/sleep.ts'

/** Characters that wait for a reader who is slow. What comes beyond them is lost: the memory is for customers. */
const MOST_WAITING = 1024 * 1024

/** Milliseconds after which what was full is tried again: a terminal takes only some lines at a time. */
const TRY_AGAIN = 20

const [NOTHING, LINE_END] = [Buffer.alloc(0), 10]

export interface LogOutput {
  /** Takes lines, each with its end, and never throws. */
  write(lines: string): void
  /** Resolves when nothing waits to be written any more, at the latest after `deadline` milliseconds. */
  drained: (deadline: number) => Promise<void>
  /** How many lines could not be written so far. */
  lost: () => number
}

interface Options {
  /** Called when lines can be written again, with the number of those that could not. */
  resumed: (lost: number) => void
}

/**
 * Writes log lines to a file descriptor, beside everything else. What cannot be written is counted and said once on
 * standard error; the next line is tried again. A log that throws, or waits for its reader, would take the service with
 * it, on the way out of the process, too.
 */
export function createLogOutput(fd: number, { resumed }: Options): LogOutput {
  neverWait()
  const [queue, losses, idle] = [createQueue(), countLosses(resumed), [] as (() => void)[]]
  let rest: Buffer = NOTHING
  // Whether the descriptor has been given half a line, and whether the system is at work with `rest`.
  let [torn, inHand] = [false, false]
  const isBusy = () => rest.length > 0

  function next() {
    rest = queue.take(torn)
    if (isBusy()) send()
    else for (const done of idle.splice(0)) done()
  }
  function send() {
    inHand = true
    write(fd, rest, (error, length) => {
      inHand = false
      if (error?.code === 'EAGAIN') setTimeout(send, TRY_AGAIN).unref()
      else if (error) {
        losses.add(linesOf(rest), error.code ?? 'unknown')
        next()
      } else taken(length)
    })
  }
  function taken(length: number) {
    torn = rest[length - 1] !== LINE_END
    rest = rest.subarray(length)
    if (isBusy()) send()
    else next()
    if (!isBusy()) losses.over()
  }
  // Node waits for what the system has in hand.
  process.once('exit', () => {
    const unsent = Buffer.concat([inHand ? NOTHING : rest, queue.take(torn)])
    quietly(() => writeSync(fd, unsent))
  })
  return {
    write(lines) {
      if (!queue.add(lines)) losses.add(1, 'its reader is too slow')
      else if (!isBusy()) next()
    },
    async drained(deadline) {
      if (isBusy()) await Promise.race([new Promise<void>((done) => idle.push(done)), sleep(deadline)])
    },
    lost: losses.count,
  }
}

/** Lines that wait for their turn. */
function createQueue() {
  let [waiting, size] = [[] as string[], 0]
  return {
    /** False when there is no room. */
    add(lines: string): boolean {
      if (size + lines.length > MOST_WAITING) return false
      waiting.push(lines)
      size += lines.length
      return true
    },
    /** All of them; behind half a line they begin a new one. */
    take(torn: boolean): Buffer {
      if (waiting.length === 0) return NOTHING
      const lines = waiting.join('')
      ;[waiting, size] = [[], 0]
      return Buffer.from(torn ? `\n${lines}` : lines)
    },
  }
}

/** A bout of losses begins with the first line that is lost, and is over when nothing waits and all was written. */
function countLosses(resumed: (lost: number) => void) {
  let [lost, since, bout] = [0, 0, false]
  return {
    count: () => lost,
    add(lines: number, why: string) {
      lost += lines
      if (bout) return
      bout = true
      const text = `The log cannot be written (${why}). The service goes on without it; see where standard output goes.\n`
      quietly(() => writeSync(2, text))
    },
    over() {
      if (!bout) return
      bout = false
      resumed(lost - since)
      since = lost
    },
  }
}

const linesOf = (bytes: Buffer) =>
  bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '').length

/** Standard error may be as full, or as closed. */
function quietly(work: () => void) {
  try {
    work()
  } catch {
    // There is nobody left to tell.
  }
}

/**
 * Node switches a pipe to answering at once, instead of waiting for its reader, when somebody asks for its stream; a
 * terminal it switches back. A file that has become as large as it may be is an error of the write then, and not the end
 * of the process.
 */
function neverWait() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => undefined)
    if (stream.isTTY) handleOf(stream)?.setBlocking?.(false)
  }
  process.on('SIGXFSZ', () => undefined)
}

/** What Node keeps below a stream. Its types leave it out, and no other way reaches the mode of a descriptor. */
const handleOf = (stream: object) =>
  '_handle' in stream ? (stream._handle as { setBlocking?: (on: boolean) => number } | null) : null
