import type { Script } from '../../../support/oidc-issuer/script.ts'

export interface Row {
  provider: string
  /** What it does, and where that was seen or is written down. */
  does: string
  seen: string
  texts?: Record<string, string>
  /** `url` is the issuer's. */
  script: (url: string) => Partial<Script>
}

export interface RefusedRow extends Row {
  code: string
}

export const now = () => Math.floor(Date.now() / 1000)

/** The answer of an endpoint. */
export const json = (body: unknown, status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

export const inUserinfo = { account_id: undefined, account_name: undefined, role: undefined }
