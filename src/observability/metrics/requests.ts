import { Histogram, type Registry } from './prometheus.ts'

/** A request that was answered. */
interface Answered {
  listener: 'public' | 'internal'
  method: string
  /** The pattern of the route, never its address; null when there is none for it. */
  route: string | null
  status: number
  /** Milliseconds. */
  took: number
}

/** A call to Wazzup that has ended. */
interface Called {
  method: string
  /** The path without its query: one of a dozen that the product knows. */
  route: string
  /** Null when there was no answer. */
  status: number | null
  /** Milliseconds. */
  took: number
}

export interface RequestMeter {
  answered(request: Answered): void
  called(call: Called): void
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10]
const WAZZUP_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]

export function createRequestMeter(registry: Registry): RequestMeter {
  const registers = [registry]
  const requests = new Histogram({
    ...{ name: 'wauth_http_request_duration_seconds', registers, buckets: BUCKETS },
    labelNames: ['listener', 'method', 'route', 'status'],
    help: 'Requests that were answered, by the pattern of their route.',
  })
  const calls = new Histogram({
    ...{ name: 'wauth_wazzup_call_duration_seconds', registers, buckets: WAZZUP_BUCKETS },
    labelNames: ['method', 'route', 'answer'],
    help: 'Calls to Wazzup with the reading of the answer: 2xx, 3xx, 4xx, 429, 5xx, or none.',
  })
  // Bound to its labels once: this is on the way of every look-up.
  const children = new Map<string, Histogram.Internal<string>>()
  return {
    answered({ listener, method, route, status, took }) {
      const key = `${listener} ${method} ${status} ${route ?? ''}`
      let child = children.get(key)
      if (!child) {
        child = requests.labels(listener, methodLabel(method), route ?? 'none', String(status))
        children.set(key, child)
      }
      child.observe(took / 1000)
    },
    called({ method, route, status, took }) {
      calls.observe({ method, route, answer: answerLabel(status) }, took / 1000)
    },
  }
}

/** The server refuses some dozens of other methods by name; how often each is tried is of no use to anybody. */
const methodLabel = (method: string) => (/^(GET|HEAD|POST|DELETE)$/.test(method) ? method : 'other')

function answerLabel(status: number | null): string {
  if (status === null) return 'none'
  return status === 429 ? '429' : `${Math.floor(status / 100)}xx`
}
