/** Where an attempt is to be found; `page` is what to do with it there. */
export const attemptPath = (attemptId: string, page?: 'confirm' | 'cancel' | 'result') =>
  `/wauth/attempts/${encodeURIComponent(attemptId)}${page === undefined ? '' : `/${page}`}`
