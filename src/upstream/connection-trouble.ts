/** Why there is no connection, and what to do about it, for an operator. «It» is whom the call was for. */
export interface Trouble {
  says: string
  next: string
}

const CHAIN = 'Serve the whole chain there, with its intermediate certificates.'
const OWN = 'If the authority is your own, or a proxy opens TLS on the way, set CA_FILE to its certificate.'
const WAY = 'If a proxy is the way out of this network, set HTTPS_PROXY.'

/**
 * Every way in which a connection does not come about: one row each, by the words of Node, OpenSSL and our own tunnel. All
 * commands, the log and the documents explain it by this table alone. The first row that fits counts.
 */
export const TROUBLES: readonly (Trouble & { name: string; codes: RegExp })[] = [
  {
    ...{ name: 'name', codes: /^(ENOTFOUND|EAI_AGAIN)$/ },
    says: 'its name is not known',
    next: 'Compare the host name, and look whether DNS works on this machine.',
  },
  {
    ...{ name: 'refused', codes: /^ECONNREFUSED$/ },
    says: 'nothing listens there',
    next: 'Start it, or compare host and port.',
  },
  {
    ...{ name: 'no way', codes: /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/ },
    says: 'there is no way to it',
    next: `Compare the routes and the firewall of this machine. ${WAY}`,
  },
  {
    ...{ name: 'too slow', codes: /^(deadline|UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/ },
    says: 'it does not answer in time',
    next: `Look whether a firewall swallows what is sent. ${WAY}`,
  },
  {
    ...{ name: 'expired', codes: /^CERT_HAS_EXPIRED$/ },
    says: 'its certificate, or one of its chain, has expired',
    next: 'Renew it there. If it is good, the clock of this machine is wrong.',
  },
  {
    ...{ name: 'not yet valid', codes: /^CERT_NOT_YET_VALID$/ },
    says: 'its certificate, or one of its chain, is not valid yet',
    next: 'Set the clock of this machine, or wait until the certificate begins.',
  },
  {
    ...{ name: 'other host', codes: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/ },
    says: 'its certificate is for another host name',
    next: 'Write the host name that the certificate has, or serve one there for this name.',
  },
  {
    ...{ name: 'self-signed', codes: /^DEPTH_ZERO_SELF_SIGNED_CERT$/ },
    says: 'its certificate is signed by itself',
    next: 'Set CA_FILE to that very certificate, or serve one of an authority.',
  },
  {
    ...{ name: 'unknown authority', codes: /^SELF_SIGNED_CERT_IN_CHAIN$/ },
    says: 'its certificate is of an authority that is not known here',
    next: OWN,
  },
  {
    ...{ name: 'missing intermediate', codes: /^UNABLE_TO_VERIFY_LEAF_SIGNATURE$/ },
    says: 'it sends its own certificate alone, of an issuer that is not known here',
    next: `${CHAIN} ${OWN}`,
  },
  {
    ...{ name: 'unknown issuer', codes: /^UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?$/ },
    says: 'the chain of its certificate ends at an issuer that is not known here',
    next: `${OWN} Else: ${CHAIN}`,
  },
  {
    ...{ name: 'other purpose', codes: /^(INVALID_PURPOSE|INVALID_CA|PATH_LENGTH_EXCEEDED)$/ },
    says: 'its certificate, or one of its chain, may not be used for that',
    next: 'Serve one that is made for servers (serverAuth), signed by an authority that may sign it.',
  },
  {
    ...{ name: 'too weak', codes: /^UNSPECIFIED$/ },
    says: 'its certificate is not accepted, perhaps as a key or a signature is too weak',
    next: 'Look for RSA of fewer than 2048 bits, SHA-1 or an odd extension: openssl s_client -connect HOST:443 -showcerts </dev/null',
  },
  {
    ...{ name: 'no TLS', codes: /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/ },
    says: 'it does not speak TLS on that port, but perhaps plain http',
    next: 'Compare the port: https is mostly on 443.',
  },
  {
    ...{ name: 'handshake', codes: /^(ERR_SSL_.*|TLS_HANDSHAKE_CUT|EPROTO)$/ },
    says: 'it ends the TLS handshake',
    next: 'It must speak TLS 1.2 or 1.3 with a usual cipher, know this host name, and ask for no client certificate.',
  },
  {
    ...{ name: 'proxy: login', codes: /^PROXY_WANTS_LOGIN$/ },
    says: 'the proxy wants a user name and a password, or does not take these (407, with some 401)',
    next: 'Write them into HTTPS_PROXY: http://user:password@host:port, special characters percent-encoded.',
  },
  {
    ...{ name: 'proxy: forbids', codes: /^PROXY_FORBIDS$/ },
    says: 'the proxy forbids this address or port (403)',
    next: 'Have the proxy allow CONNECT to it, or name it in NO_PROXY if there is a way without the proxy.',
  },
  {
    ...{ name: 'proxy: no way', codes: /^PROXY_CANNOT_CONNECT$/ },
    says: 'the proxy cannot reach it (5xx)',
    next: 'Look into the log of the proxy: its DNS and its way out count, not those of this machine. What is inside belongs into NO_PROXY.',
  },
  {
    ...{ name: 'proxy: refuses', codes: /^PROXY_REFUSES$/ },
    says: 'what HTTPS_PROXY names opens no tunnel',
    next: 'Look whether it is a forward proxy that knows CONNECT, and compare its port.',
  },
  {
    ...{ name: 'proxy: away', codes: /^PROXY_(UNREACHABLE|TOO_SLOW)$/ },
    says: 'the proxy cannot be reached, or does not answer in time',
    next: 'Compare host and port in HTTPS_PROXY, and look whether the proxy runs.',
  },
  {
    ...{ name: 'proxy: TLS', codes: /^PROXY_TLS$/ },
    says: 'the certificate of the proxy is not accepted, or it does not speak TLS',
    next: 'Write http:// in HTTPS_PROXY, as most proxies want; else set CA_FILE to the authority of its certificate.',
  },
  {
    ...{ name: 'certificate', codes: /CERT|CRL|_CA$|SIGNATURE|^UNABLE_TO_|^ERR_TLS_/ },
    says: 'its certificate is not accepted',
    next: 'Look at it: openssl s_client -connect HOST:443 -showcerts </dev/null',
  },
]

/** What is behind a word of the transport; null for one that is not about the way to somebody. */
export const troubleOf = (code: string): Trouble | null =>
  TROUBLES.find(({ codes }) => codes.test(code)) ?? null

/** For the log, by the word of the transport. */
export function hintOf(transport: string): { hint?: string } {
  const trouble = troubleOf(transport)
  return trouble ? { hint: `Seen: ${trouble.says} (${transport}). ${trouble.next}` } : {}
}
