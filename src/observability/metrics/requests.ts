import { durations } from './durations.ts'
import { Histogram, type Registry } from './prometheus.ts'

/** A request that was answered, and how many milliseconds that took. */
type CountAnswer = (method: string, status: number, took: number) => void

/** Where requests come in. */
interface Entrance {
  listener: 'public' | 'internal'
  /** The pattern of a route, never an address; null for what has none. */
  route: string | null
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
  /** A counter for one route, with its labels looked up once: this is on the way of every look-up. */
  answersOf(entrance: Entrance): CountAnswer
  called(call: Called): void
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10]
const WAZZUP_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]

export function createRequestMeter(registry: Registry): RequestMeter {
  const registers = [registry]
  const requests = durations(registry, {
    ...{ name: 'wauth_http_request_duration_seconds', buckets: BUCKETS },
    help: 'Requests that were answered, by the pattern of their route.',
  })
  const calls = new Histogram({
    ...{ name: 'wauth_wazzup_call_duration_seconds', registers, buckets: WAZZUP_BUCKETS },
    labelNames: ['method', 'route', 'answer'],
    help: 'Calls to Wazzup with the reading of the answer: 2xx, 3xx, 4xx, 429, 5xx, or none.',
  })
  return {
    answersOf({ listener, route }) {
      const known = new Map<string, ReturnType<typeof requests>>()
      return (method, status, took) => {
        const key = method + String(status)
        let observe = known.get(key)
        if (!observe) {
          observe = requests({
            listener,
            method: methodLabel(method),
            route: route ?? 'none',
            status: String(status),
          })
          known.set(key, observe)
        }
        observe(took / 1000)
      }
    },
    called({ method, route, status, took }) {
      calls.observe({ method, route, answer: answerLabel(status) }, took / 1000)
    },
  }
}

/** The server refuses some dozens of other methods by name; how often each is tried is of no use to anybody. */
const methodLabel = (method: string) => (/^(GET|HEAD|POST|PUT|DELETE)$/.test(method) ? method : 'other')

function answerLabel(status: number | null): string {
  if (status === null) return 'none'
  return status === 429 ? '429' : `${Math.floor(status / 100)}xx`
}
