import type { Fault } from './fault.ts'

/** Scripted faults of the routes, each used up by one request. */
export interface RouteFaults {
  /** The faults of a route that has just been added; the route takes the first of them for each request. */
  of(method: string, path: string): Fault[]
  /**
   * Faults to come on a route, such as `POST`, `/v3/contacts` or `GET`, `/v3/contacts/:id`.
   * @throws when no route has this method and path: no request would ever meet the fault
   */
  on(method: string, path: string): Fault[]
}

export function createRouteFaults(): RouteFaults {
  const faults = new Map<string, Fault[]>()
  return {
    of(method, path) {
      const own: Fault[] = []
      faults.set(`${method} ${path}`, own)
      return own
    },
    on(method, path) {
      const known = faults.get(`${method} ${path}`)
      if (known) return known
      throw new Error(
        `No route takes faults of ${method} ${path}. Use one of: ${[...faults.keys()].join(', ')}`,
      )
    },
  }
}
