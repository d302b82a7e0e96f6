/** Why there is no talk with a server at all: what the driver, Node or the operating system says. */
interface LineFault {
  /** Of `<syscall> <code> <message>` of the error. */
  said: RegExp
  says: string
  hint: string
  /** Waiting helps: the set-up of the service may stay as it is. */
  passes?: true
}

const tls: readonly LineFault[] = [
  {
    said: /does not support SSL/,
    says: 'The PostgreSQL server speaks no TLS, and sslmode in DATABASE_URL asks for it',
    hint: 'Switch TLS on at the server (ssl = on); or, on a network that is all yours, write sslmode=disable.',
  },
  {
    said: /^(open |read EISDIR)/,
    says: 'A file that DATABASE_URL names for TLS cannot be read',
    hint: 'Check the paths in sslrootcert, sslcert and sslkey, and let this user read the files.',
  },
  {
    said: /CERT_ALTNAME/,
    says: 'The certificate of the PostgreSQL server is for another host',
    hint: 'Connect to a name that stands in the certificate, or have one made for the name in DATABASE_URL. sslmode must be verify-full for that check, and is.',
  },
  {
    said: /CERT_(HAS_EXPIRED|NOT_YET_VALID)/,
    says: 'The certificate of the PostgreSQL server is out of its time',
    hint: 'Renew it, or set the clock of this machine right. With sslmode=verify-full nothing else is accepted.',
  },
  {
    said: /CERT|SELF_SIGNED|UNABLE_TO_/,
    says: 'The certificate of the PostgreSQL server is of an authority that is not known here',
    hint: 'Name the file of the authority in DATABASE_URL (sslmode=verify-full&sslrootcert=/path/ca.pem), or in NODE_EXTRA_CA_CERTS.',
  },
  {
    said: /ERR_(TLS|SSL|OSSL)_|EPROTO/,
    says: 'The TLS that DATABASE_URL asks for does not come about',
    hint: 'Check sslmode, sslrootcert, sslcert and sslkey in it, and what the log of the server says.',
  },
]

const login: readonly LineFault[] = [
  {
    said: /client password must be a/,
    says: 'The PostgreSQL server asks for a password, and DATABASE_URL has none',
    hint: 'Write it as postgres://user:password@host:port/database.',
  },
  {
    said: /SASL|authentication/i,
    says: 'The PostgreSQL server asks for a login that this service does not know',
    hint: 'Have pg_hba.conf of the server ask for scram-sha-256 for this role.',
  },
]

const line: readonly LineFault[] = [
  {
    ...{ said: /time-?out|ETIMEDOUT/i, passes: true },
    says: 'The PostgreSQL server, or the pooler before it, does not answer in time',
    hint: 'Start again when the server of DATABASE_URL answers, and the pooler before it has a connection left. A firewall that drops packets looks the same.',
  },
  {
    ...{ said: /ENOTFOUND/, passes: true },
    says: 'The name of the host in DATABASE_URL has no address',
    hint: 'Check how it is written. In containers and clusters a name is there once what it names runs: start again then.',
  },
  {
    ...{ said: /EAI_/, passes: true },
    says: 'This machine cannot ask for the address of the host in DATABASE_URL now',
    hint: 'Start again when its DNS answers.',
  },
  {
    ...{ said: /ECONNREFUSED/, passes: true },
    says: 'No PostgreSQL server listens where DATABASE_URL points',
    hint: 'Start again when it runs; check host and port in DATABASE_URL, and listen_addresses of the server.',
  },
  {
    ...{ said: /^connect ENOENT/, passes: true },
    says: 'There is no socket of a PostgreSQL server where DATABASE_URL points',
    hint: 'Start again when the server runs; check the folder in ?host= (unix_socket_directories of the server), and the port.',
  },
  {
    said: /^connect (EACCES|EPERM|ENOTDIR|ENOTSOCK|EINVAL|ENAMETOOLONG)/,
    says: 'The socket that DATABASE_URL names cannot be opened',
    hint: 'Name the folder in which the socket is, as ?host=/var/run/postgresql, and let this user enter it (unix_socket_permissions of the server).',
  },
  {
    ...{ said: /EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL/, passes: true },
    says: 'There is no way to the host in DATABASE_URL',
    hint: 'Check the network and the firewall, then start again.',
  },
  {
    ...{ said: /ECONNRESET|EPIPE|Connection terminated/, passes: true },
    says: 'The PostgreSQL server, or what stands before it, closes the connection',
    hint: 'Start again when it serves. Does PostgreSQL listen at that port, and does it want TLS? Its log says why it closes.',
  },
]

const FAULTS = [...tls, ...login, ...line]

/** What an error says of the line to the server; undefined when it is about something else. */
export function lineFaultOf(error: Error & { syscall?: unknown; code?: unknown }): LineFault | undefined {
  const said = [error.syscall, error.code].filter((word) => typeof word === 'string')
  return FAULTS.find((fault) => fault.said.test([...said, error.message].join(' ')))
}
