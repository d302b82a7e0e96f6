/** Nothing of the internal listener is for a cache, or for a browser to guess at. */
export const ON_EVERY_ANSWER = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const
