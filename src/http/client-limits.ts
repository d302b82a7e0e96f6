import { seconds } from '../shared/clock.ts'

/** How often clients are looked at: by Node for requests that are not whole, by `watch-clients.ts` for the rest. */
export const LOOK_EVERY = seconds(1)

/**
 * What a client may take its time with. Node looks every half minute by default, and lets headers take a whole one.
 * `requestTimeout` is for all of a request, from its first byte to its last. None of them counts the time that an answer
 * takes here.
 */
export const SLOW_CLIENTS = {
  requestTimeout: seconds(12),
  // Longer than the 60 s after which a balancer gives an idle connection up: it never sends into one that is closing.
  keepAliveTimeout: seconds(72),
  http: {
    headersTimeout: seconds(10),
    connectionsCheckingInterval: LOOK_EVERY,
    // A state may be 4096 characters long, each written as three, and cookies come beside it.
    maxHeaderSize: 16 * 1024,
  },
}

/** Looks in a row at which a client may owe the reading of an answer, or the closing of a connection that we closed. */
export const PATIENCE = { reading: 8, closing: 2 }

/** Bytes per look that a client has to read in the mean, so that one a second buys no time. */
export const LEAST_READ = 500

/** Requests that a client may send before it has been answered, on one connection. Each costs memory until then. */
export const MOST_UNANSWERED = 10

/** Sockets at a time. More are dropped: each costs memory, whether it says anything or not. */
export const MOST_CONNECTIONS = 4000

/**
 * With so many open, those that have been idle for some looks make room. A request that is under way has ended by then,
 * see `requestTimeout`; a client that does not read a short answer looks idle, since the system has taken it.
 */
export const CROWDED = { connections: 3000, looks: 13 }
