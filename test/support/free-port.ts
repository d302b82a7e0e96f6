/** A port of 127.0.0.1 that was free a moment ago and that no other test is given meanwhile. */
export { freePort } from '../../src/sandbox/free-port.ts'
