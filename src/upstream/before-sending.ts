/** Failures before the first byte of a request: name look-up, connection, TLS. All others are doubtful. */
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/

/** Node's words for a certificate; `UNSPECIFIED` are all for which it has none. */
const OF_CERTIFICATES =
  /^(CERT_.*|CRL_.*|ERROR_IN_C.*|.*SELF_SIGNED.*|UNABLE_TO_.*|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|UNSPECIFIED)$/

const OF_TLS = /^(ERR_TLS_.*|ERR_SSL_.*|TLS_HANDSHAKE_CUT)$/

const OF_PROXY = /^PROXY_/

/** No connection has come about, although the words of its end do not show that. */
export class NoConnection extends Error {
  readonly code: string

  constructor(code: string, cause: unknown) {
    super('No connection has come about', { cause })
    this.name = 'NoConnection'
    this.code = code
  }
}

export const isOfTls = (code: string): boolean => OF_TLS.test(code) || OF_CERTIFICATES.test(code)

/** Whether a call ended at our own proxy: that says nothing about whom it was for. */
export const isOfProxy = (code: string): boolean => OF_PROXY.test(code)

/** Whether a call that failed with this code of the transport may have reached the other side. */
export const maybeSent = (code: string): boolean =>
  !isOfTls(code) && ![BEFORE_SENDING, OF_PROXY].some((codes) => codes.test(code))

/** The transport's own word for a failure. Happy eyeballs report several refusals as one aggregate, with the codes inside. */
export function transportCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return transportCode(error.errors[0])
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError') return 'deadline'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
