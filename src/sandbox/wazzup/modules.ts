/** A vendor's entry in the marketplace. `authRedirectUri` is empty when every client has an address of his own. */
export interface MarketplaceModule {
  crmCode: string
  secret: string
  authRedirectUri: string
  crmName: string | null
  logo: { name: string; content: string } | null
  published: boolean
  /** Belongs to another partner: nothing that ours sends may touch it. */
  foreign: boolean
}

export type NewModule = Pick<MarketplaceModule, 'crmCode' | 'secret'> & Partial<MarketplaceModule>

export interface Modules {
  /** Adds a module, or changes the given fields of the one with this crmCode. */
  register(module: NewModule): void
  withCode(crmCode: string): MarketplaceModule | undefined
  withSecret(secret: string): MarketplaceModule | undefined
  /** The module that was registered or changed last. */
  latest(): MarketplaceModule | undefined
  /** The one of them that belongs to the partner whose apiKey this simulator knows. */
  latestOwn(): MarketplaceModule | undefined
  all(): MarketplaceModule[]
}

const blank = { authRedirectUri: '', crmName: null, logo: null, published: false, foreign: false }

export function createModules(): Modules {
  const byCode = new Map<string, MarketplaceModule>()
  return {
    register(module) {
      const known = byCode.get(module.crmCode)
      byCode.delete(module.crmCode)
      byCode.set(module.crmCode, { ...blank, ...known, ...module })
    },
    withCode: (crmCode) => byCode.get(crmCode),
    withSecret: (secret) => [...byCode.values()].find((module) => module.secret === secret),
    latest: () => [...byCode.values()].at(-1),
    latestOwn: () => [...byCode.values()].findLast(({ foreign }) => !foreign),
    all: () => [...byCode.values()],
  }
}
