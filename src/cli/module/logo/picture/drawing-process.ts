/**
 * A process of its own, which `draw.ts` starts: reads SVG files, as a JSON list, from standard input, and writes the
 * pictures to standard output, one after the other. The renderer is WebAssembly: no file, no network, no font.
 */
import { readFile } from 'node:fs/promises'
import { json } from 'node:stream/consumers'
import { NO_RENDERER } from './draw.ts'

const load = async () => {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm')
  await initWasm(await readFile(new URL(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))))
  return Resvg
}
const Renderer = await load().catch(() => process.exit(NO_RENDERER))

for (const file of (await json(process.stdin)) as string[]) {
  const renderer = new Renderer(file)
  const image = renderer.render()
  process.stdout.write(image.pixels)
  image.free()
  renderer.free()
}
