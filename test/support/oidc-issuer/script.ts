import type { JWK } from 'jose'

/** Who signs the ID token. `stranger`: a well-formed key of the same kind that is not the issuer's. */
type Signer = 'issuer' | 'stranger' | 'client_secret' | 'nobody'

/** A signed one is a token of its own, with the issuer's key unless it is the stranger's. */
type UserinfoForm = 'json' | 'signed' | 'signed by a stranger' | 'encrypted'

/** What the issuer does otherwise than a good one. `undefined` as a value leaves that claim or field out. */
export interface Script {
  discovery: Record<string, unknown>
  /** Parameters of the authorization answer. */
  answer: Record<string, string | undefined>
  signer: Signer
  header: Record<string, unknown>
  claims: Record<string, unknown>
  userinfo: Record<string, unknown>
  userinfoAs: UserinfoForm
  /** Members of the token answer. */
  tokens: Record<string, unknown>
  jwks: (keys: JWK[]) => unknown[]
  /** The only way in which the client may show its secret. */
  clientAuth: 'basic' | 'post'
  /** Answers of whole endpoints, by path; `drop` closes the connection. */
  endpoints: Record<string, EndpointAnswer>
  /** Every connection is dropped. */
  down: boolean
}

type EndpointAnswer = 'drop' | { status: number; headers?: Record<string, string>; body?: string }

export const goodScript = (): Script => ({
  discovery: {},
  answer: {},
  signer: 'issuer',
  header: {},
  claims: {},
  userinfo: {},
  userinfoAs: 'json',
  tokens: {},
  jwks: (keys) => keys,
  clientAuth: 'basic',
  endpoints: {},
  down: false,
})
