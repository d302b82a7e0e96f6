import plans from './numbering-plans.json' with { type: 'json' }

/** How numbers of a region are read; what `test/upload/rules/numbering-plans.test.ts` reads out of the phone library. */
export interface NumberingPlan {
  /** The country code. */
  code: string
  /** The pattern of what is dialled before a call abroad. */
  abroad: string
  /** The pattern of what is dialled at home only; empty where nothing is. */
  trunk: string
  /** Lengths behind the country code that lines or mobiles have. */
  lengths: readonly number[]
  /** Lengths of what is left behind `trunk` with which it may be left out. */
  shortened: readonly number[]
}

/** By region (ISO 3166-1 alpha-2). */
export const PLANS: Readonly<Record<string, NumberingPlan>> = plans.regions

/** Of all regions with a country code the one whose plan numbers with that code are read by. */
export const MAIN_REGIONS: Readonly<Record<string, string>> = plans.main
