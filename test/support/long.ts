/** For what `npm test` has a shorter case of: `npm run test:long` tries it. */
export const LONG = { tags: ['long'] }
