/** The address of an attempt, or of one of its pages. */
export const attemptPath = (attemptId: string, page?: 'confirm' | 'cancel'): string =>
  ['/wauth/attempts', encodeURIComponent(attemptId), ...(page ? [page] : [])].join('/')
