import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { createBodyText, TooLarge, Undecodable, type BodyText } from './read-body.ts'

/** An answer; in place of its body why nobody can read it. */
export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: string | TooLarge | Undecodable
}

export interface ExchangeTerms {
  /** From the call to the last byte of the answer, in milliseconds. */
  deadline: number
  /** Bytes of the body, packed and unpacked. */
  limit: number
  /** See `BodyTerms`. */
  charset?: string
  /** Ends it early. */
  signal?: AbortSignal | undefined
  /** What counts is the head, whatever becomes of the body: that is read so that the connection can be used again, and means nothing. */
  headOnly?: true
}

/** `transportCode` knows it by its name. */
class TooLate extends Error {
  override readonly name = 'TimeoutError'
}

/**
 * Makes one request and reads its answer as text. It asks the dispatcher itself: the stream that `request` makes of each answer keeps
 * the answers after it in memory once it has become old, and a signal for each deadline goes off long after the answer.
 * @throws what the network, the deadline or the signal says, where no whole answer came
 */
export function exchange(
  agent: Dispatcher,
  request: Dispatcher.DispatchOptions,
  terms: ExchangeTerms,
): Promise<Reply> {
  const { promise, ...ends } = Promise.withResolvers<Reply>()
  agent.dispatch(request, new Exchange(terms, ends))
  return promise
}

type Ends = Pick<PromiseWithResolvers<Reply>, 'resolve' | 'reject'>

/** Hears of one exchange, and ends once. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #terms: ExchangeTerms
  readonly #ends: Ends
  readonly #late: NodeJS.Timeout
  #started: Dispatcher.DispatchController | null = null
  #head: Omit<Reply, 'body'> | null = null
  #text: BodyText | null = null
  #isOver = false

  constructor(terms: ExchangeTerms, ends: Ends) {
    const { deadline, signal } = terms
    this.#terms = terms
    this.#ends = ends
    this.#late = setTimeout(() => {
      this.#cut(new TooLate('There was no whole answer in time'))
    }, deadline)
    signal?.addEventListener('abort', this.#stop)
    if (signal?.aborted) this.#stop()
  }

  onRequestStart(controller: Dispatcher.DispatchController) {
    this.#started = controller
    if (this.#isOver) controller.abort(new TooLate('Nobody waits for it any more'))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders) {
    // Others may come before it, RFC 9110, section 15.2.
    if (status < 200 || this.#isOver) return
    this.#head = { status, headers }
    this.#reading(() => {
      this.#text = this.#terms.headOnly
        ? unread(this.#terms.limit)
        : createBodyText({ ...this.#terms, headers })
    })
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array) {
    if (!this.#isOver) this.#reading(() => this.#text?.write(chunk))
  }

  onResponseEnd() {
    const [head, text] = [this.#head, this.#text]
    if (!head || !text || this.#isOver) return
    const done = (body: string) => {
      this.#settle()
      this.#ends.resolve({ ...head, body })
    }
    const body = text.end()
    if (typeof body === 'string') done(body)
    else
      body.then(done, (error: unknown) => {
        this.#cut(error)
      })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error) {
    if (!this.#isOver) this.#cut(error)
  }

  #reading(work: () => void) {
    try {
      work()
    } catch (error) {
      this.#cut(error)
    }
  }

  readonly #stop = () => {
    this.#cut(this.#terms.signal?.reason ?? new DOMException('Nobody waits for it', 'AbortError'))
  }

  /** Ends it before its time; the answer counts where only its body cannot be read, or need not be. */
  #cut(error: unknown) {
    this.#settle()
    this.#text?.drop()
    // Later: a client that is aborted while it hands something over may wait for itself.
    setImmediate(() => this.#started?.abort(error as Error))
    const isOfBody = error instanceof TooLarge || error instanceof Undecodable
    const body = this.#terms.headOnly ? '' : isOfBody && error
    if (this.#head && body !== false) this.#ends.resolve({ ...this.#head, body })
    else this.#ends.reject(error)
  }

  #settle() {
    this.#isOver = true
    clearTimeout(this.#late)
    this.#terms.signal?.removeEventListener('abort', this.#stop)
  }
}

/** A body that nobody asks for. */
function unread(limit: number): BodyText {
  let size = 0
  return {
    write(chunk) {
      size += chunk.length
      if (size > limit) throw new TooLarge()
    },
    end: () => '',
    drop: () => undefined,
  }
}
