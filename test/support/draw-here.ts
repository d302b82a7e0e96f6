import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { initWasm, Resvg } from '@resvg/resvg-wasm'

let ready: Promise<void> | undefined

/** Draws in the process of the tests, as `drawing-process.ts` does it in its own: many logos, and one start. */
export const drawHere = async (files: readonly string[]) => {
  await (ready ??= load())
  const pictures = files.map((file) => new Resvg(file).render().pixels)
  return { kind: 'drawn' as const, pictures }
}

const load = async () =>
  initWasm(await readFile(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')))
