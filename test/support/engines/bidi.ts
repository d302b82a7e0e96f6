import { once } from 'node:events'

interface Answer {
  id?: number
  result?: unknown
  error?: string
  message?: string
}

/** Sends a command and gives its result; throws what the browser says against it. */
export type Send = <T = unknown>(method: string, params: object) => Promise<T>

/** A connection that speaks WebDriver BiDi; what comes unasked is not listened to. */
export async function connectBidi(address: string): Promise<{ send: Send; close: () => void }> {
  const socket = new WebSocket(address)
  await once(socket, 'open')
  const asked = new Map<number, (answer: Answer) => void>()
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    asked.get(answer.id ?? 0)?.(answer)
  })
  socket.addEventListener('close', () => {
    for (const settle of asked.values()) settle({ error: 'the browser has gone' })
  })
  let last = 0
  return {
    async send<T>(method: string, params: object) {
      const id = (last += 1)
      const settled = new Promise<Answer>((resolve) => asked.set(id, resolve))
      socket.send(JSON.stringify({ id, method, params }))
      const { result, error, message } = await settled
      asked.delete(id)
      if (error !== undefined) throw new Error(`${method}: ${error}: ${message ?? ''}`)
      return result as T
    },
    close: () => {
      socket.close()
    },
  }
}
