import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose'

export interface SigningKey {
  alg: string
  kid: string
  privateKey: CryptoKey
  /** As it stands in the key set. */
  jwk: JWK
}

let made = 0

/** A new key pair with a key id that no other has. */
export async function signingKey(alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const kid = `key-${++made}`
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}
