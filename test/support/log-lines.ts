import { Writable } from 'node:stream'

type LogLine = Record<string, unknown>

/** Collects what a logger writes: as text for searching, as lines for asking. */
export function collectLog() {
  let text = ''
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8')
      done()
    },
  })
  const lines = () =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine)
  return {
    destination,
    text: () => text,
    lines,
    /** Events of one name, in order. */
    events: (event: string) => lines().filter((line) => line['event'] === event),
  }
}
