/** Loaded into the real service: on SIGWINCH it collects what nobody holds, and writes down what is left. Needs --expose-gc. */
import { renameSync, writeFileSync } from 'node:fs'
import './keep-log.ts'

const file = process.env['FIGURES_FILE'] ?? ''

process.on('SIGWINCH', () => {
  globalThis.gc?.()
  const figures = { heap: process.memoryUsage().heapUsed, resources: process.getActiveResourcesInfo().length }
  writeFileSync(`${file}.part`, JSON.stringify(figures))
  renameSync(`${file}.part`, file)
})
