import type { Fault } from './fault.ts'

/** Scripted faults of the routes with an apiKey, each used up by one request. */
export interface RouteFaults {
  /** Faults to come on a route, such as `POST`, `/v3/contacts` or `GET`, `/v3/contacts/:id`. */
  on(method: string, path: string): Fault[]
}

export function createRouteFaults(): RouteFaults {
  const faults = new Map<string, Fault[]>()
  return {
    on(method, path) {
      const route = `${method} ${path}`
      const known = faults.get(route) ?? []
      faults.set(route, known)
      return known
    },
  }
}
