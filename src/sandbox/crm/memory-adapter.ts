import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

interface Entry {
  payload: AdapterPayload
  endsAt: number
}

/** A place for the provider's sessions, codes and tokens, of this provider alone and gone with it. */
export function createMemoryAdapter(): AdapterFactory {
  const entries = new Map<string, Entry>()

  const live = (key: string) => {
    const entry = entries.get(key)
    return entry && entry.endsAt > Date.now() ? entry.payload : undefined
  }
  const findWhere = (model: string, fits: (payload: AdapterPayload) => boolean) =>
    [...entries.keys()]
      .filter((key) => key.startsWith(`${model}:`))
      .map(live)
      .find((payload) => payload !== undefined && fits(payload))

  return (model): Adapter => ({
    async upsert(id, payload, expiresIn) {
      entries.set(`${model}:${id}`, { payload, endsAt: expiresIn ? Date.now() + expiresIn * 1000 : Infinity })
    },
    async find(id) {
      return live(`${model}:${id}`)
    },
    async findByUid(uid) {
      return findWhere(model, (payload) => payload.uid === uid)
    },
    async findByUserCode(userCode) {
      return findWhere(model, (payload) => payload.userCode === userCode)
    },
    async consume(id) {
      const payload = live(`${model}:${id}`)
      if (payload) payload.consumed = Math.floor(Date.now() / 1000)
    },
    async destroy(id) {
      entries.delete(`${model}:${id}`)
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key)
    },
  })
}
