import type { ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Waits until a program that was started takes connections. @throws when it has ended instead, with what it said */
export async function untilItListens(child: ChildProcess, port: number, said = () => ''): Promise<void> {
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} has ended: ${said()}`)
    await pause(20)
  }
}

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const say = (does: boolean) => () => {
      socket.destroy()
      resolve(does)
    }
    socket.once('connect', say(true)).once('error', say(false))
  })
