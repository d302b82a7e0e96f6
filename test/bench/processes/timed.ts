/** What some work took: on the clock, and of this process's processor time. In milliseconds. */
export interface Took {
  wall: number
  cpu: number
}

export async function timed(work: () => Promise<void>): Promise<Took> {
  const [began, before] = [performance.now(), process.cpuUsage()]
  await work()
  const wall = performance.now() - began
  const { user, system } = process.cpuUsage(before)
  return { wall, cpu: (user + system) / 1000 }
}
