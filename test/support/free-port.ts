import { freePorts, PORTS } from '../../src/sandbox/free-port.ts'

const SLICES = 8

/** Workers look for ports at the same time: each has ports of its own. */
const slice = Number(process.env['VITEST_POOL_ID'] ?? 0) % SLICES
const size = (PORTS.end - PORTS.lowest) / SLICES

/** A port of 127.0.0.1 that was free a moment ago and that no other test is given meanwhile. */
export const freePort = freePorts({
  lowest: PORTS.lowest + slice * size,
  end: PORTS.lowest + (slice + 1) * size,
})
