/** Where an attempt is to be found; `page` is what to do with it there. */
export const attemptPath = (attemptId: string, page?: 'confirm' | 'cancel' | 'result') =>
  `/wauth/attempts/${encodeURIComponent(attemptId)}${page === undefined ? '' : `/${page}`}`

/** Where a person goes who wants to log in as somebody else. */
export const loginAgainPath = (attemptId: string) => `${attemptPath(attemptId)}?retry=login`
