import { seconds } from '../shared/clock.ts'

/** How many may be inside at a time, how many may wait for that, and for how many milliseconds. */
export interface PlaceLimits {
  places: number
  queue: number
  patience: number
}

/** For calls to one other party. */
export const PLACES: PlaceLimits = { places: 32, queue: 100, patience: seconds(3) }

export interface Places {
  /** True once there is a place, which has to be freed; false when there was none in time. */
  take(): Promise<boolean>
  free(): void
}

/** Hands out places in the order of asking. */
export function createPlaces({ places, queue, patience }: PlaceLimits): Places {
  const waiting = new Set<() => void>()
  let taken = 0

  const wait = () =>
    new Promise<boolean>((resolve) => {
      const enter = () => {
        clearTimeout(timer)
        resolve(true)
      }
      const timer = setTimeout(() => {
        waiting.delete(enter)
        resolve(false)
      }, patience)
      waiting.add(enter)
    })

  return {
    async take() {
      if (taken >= places) return waiting.size < queue ? wait() : false
      taken += 1
      return true
    },
    free() {
      const [next] = waiting
      if (!next) {
        taken -= 1
        return
      }
      waiting.delete(next)
      next()
    },
  }
}
