/** Loaded into a process before its own code: tells the parent what it has used, and is not a reason to live on. */
import { answerParent } from './answer-parent.ts'

/** In milliseconds and bytes, since the start of the process. */
export interface Usage {
  cpu: number
  memory: number
}

answerParent({
  usage: (): Usage => {
    const { user, system } = process.cpuUsage()
    return { cpu: (user + system) / 1000, memory: process.memoryUsage.rss() }
  },
})
process.channel?.unref()
// Whoever measured is gone.
process.on('disconnect', () => process.exit())
