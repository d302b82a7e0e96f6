import { seconds } from '../shared/clock.ts'

/**
 * What a client may take its time with. Node looks every half minute by default, and lets headers take a whole one.
 * `requestTimeout` is for all of a request, from its first byte to its last.
 */
export const SLOW_CLIENTS = {
  requestTimeout: seconds(20),
  http: {
    headersTimeout: seconds(10),
    connectionsCheckingInterval: seconds(1),
    // A state may be 4096 characters long, each written as three, and cookies come beside it.
    maxHeaderSize: 16 * 1024,
  },
}

/** Sockets at a time. More are dropped: each costs memory, whether it says anything or not. */
export const MOST_CONNECTIONS = 4000
