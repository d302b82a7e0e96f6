import { execFile } from 'node:child_process'
import { extname, join } from 'node:path'
import { BYTES_OF_A_PICTURE, type Picture } from './pixels.ts'

/** The package that draws, of the version that `package.json` names as well: a peer that nobody has to have. */
export const RENDERER = '@resvg/resvg-wasm@2.6.2'

/** The exit code of the drawing process where the renderer is not installed, or does not start. */
export const NO_RENDERER = 3

/** What the renderer made of some files. `failed`: these files cannot be drawn. */
export type Drawn =
  { kind: 'drawn'; pictures: Picture[] } | { kind: 'failed'; why: string } | { kind: 'no_renderer' }

/** Draws files of `drawableFile`, all or none. */
export type Draw = (files: readonly string[]) => Promise<Drawn>

/** In pages of 64 KiB: the renderer may fill 256 MiB, and has no other memory. */
const MOST_PAGES = 4096

const PROCESS = join(import.meta.dirname, `drawing-process${extname(import.meta.filename)}`)

/**
 * Draws in a process of its own, which knows none of our settings and is killed when it takes too long: a drawing can be
 * made to be endless work, and the renderer gives no sign before it is done.
 * @param deadline in milliseconds
 */
export const drawWithin =
  (deadline: number): Draw =>
  (files) =>
    new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [`--wasm-max-mem-pages=${MOST_PAGES}`, PROCESS],
        {
          ...{ env: {}, encoding: 'buffer', timeout: deadline, killSignal: 'SIGKILL' },
          maxBuffer: files.length * BYTES_OF_A_PICTURE,
        },
        (error, stdout) => {
          resolve(outcomeOf(error, stdout, { count: files.length, deadline }))
        },
      )
      // A process that has ended reads no more; how it ended is what counts.
      child.stdin?.on('error', () => undefined).end(JSON.stringify(files))
    })

type Failure = Parameters<NonNullable<Parameters<typeof execFile>[3]>>[0]

function outcomeOf(error: Failure, stdout: Buffer, asked: { count: number; deadline: number }): Drawn {
  if (error?.code === NO_RENDERER || error?.syscall?.startsWith('spawn')) return { kind: 'no_renderer' }
  if (error?.killed)
    return { kind: 'failed', why: `it was not drawn within ${asked.deadline / 1000} seconds` }
  if (error || stdout.length !== asked.count * BYTES_OF_A_PICTURE)
    return { kind: 'failed', why: 'the renderer cannot draw it, or not within its memory' }
  const pictures = Array.from({ length: asked.count }, (_, index) =>
    stdout.subarray(index * BYTES_OF_A_PICTURE, (index + 1) * BYTES_OF_A_PICTURE),
  )
  return { kind: 'drawn', pictures }
}
