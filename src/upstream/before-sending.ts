/** Failures before the first byte of a request: name look-up, connection, TLS. All others are doubtful. */
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_.*|ERR_SSL_.*|.*SELF_SIGNED.*|UNABLE_TO_.*)$/

/** Whether a call that failed with this code of the transport may have reached the other side. */
export const maybeSent = (code: string): boolean => !BEFORE_SENDING.test(code)

/** The transport's own word for a failure. Happy eyeballs report several refusals as one aggregate, with the codes inside. */
export function transportCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return transportCode(error.errors[0])
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError') return 'deadline'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
