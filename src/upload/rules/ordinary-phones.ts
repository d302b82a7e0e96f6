import type { Spelling } from './phone-notation.ts'
import { MAIN_REGIONS, PLANS, type NumberingPlan } from './numbering-plans.ts'

/** E.164. Fewer than eight digits lack a part. */
export const E164 = /^[1-9]\d{7,14}$/

/**
 * No area code begins like this, though the length may be right: in North America and Mexico, and in Argentina, where 15 is
 * dialled before a mobile near by.
 */
export const NO_AREA = /^(?:(?:1|52)[01]|549?15)/

/** Numbers as they are dialled at home have up to ten digits almost everywhere, and many look like another country's. */
export const SURE_WITHOUT_MARK = 11
/** Fourteen digits without a mark are two home numbers of seven. */
export const LONGEST_WITHOUT_MARK = 13

interface Reader {
  plan: NumberingPlan
  abroad: RegExp
  trunk: RegExp | null
}

/** Patterns that were needed once. */
const readers = new Map<string, Reader>()

/**
 * Whether the digits are a number with its country code, and nothing in any plan says that they may be something else: as
 * almost all are. The phone library would say the same, a hundred times as slowly, and takes memory as soon as it is loaded; it
 * has the say on all others. `test/upload/rules/ordinary-phones.test.ts` compares both.
 */
export function isOrdinary({ mark, digits, groups, hasArea }: Spelling, home: string | null): boolean {
  if (mark === '(0)' || !E164.test(digits) || NO_AREA.test(digits)) return false
  const reader = readerOf(digits)
  if (!reader) return false
  const { code, lengths } = reader.plan
  const number = digits.slice(code.length)
  if (number.startsWith('0') || !lengths.includes(number.length) || mayShorten(number, reader)) return false
  if (mark === '+') return true
  if (mark === '00') return home === null
  const firstGroup = groups[0] ?? ''
  const isWritten = !hasArea && (firstGroup.length > 3 || firstGroup === code)
  const isLong = digits.length >= SURE_WITHOUT_MARK && digits.length <= LONGEST_WITHOUT_MARK
  return isWritten && isLong && (home === null || isNothingAtHome(digits, home))
}

/** Whether the digits begin as a call abroad is dialled at home. */
export const isDialledAbroad = (digits: string, home: string): boolean =>
  readerFor(home)?.abroad.test(digits) ?? false

/** Whether the digits are what is dialled in front of a number at home only, once. */
export const isTrunkPrefix = (digits: string, home: string): boolean =>
  readerFor(home)?.trunk?.exec(digits)?.[0] === digits

/** Whether the home country reads the same number out of the digits, or none. */
function isNothingAtHome(digits: string, home: string): boolean {
  const reader = readerFor(home)
  if (!reader) return false
  const { plan, abroad, trunk } = reader
  if (abroad.test(digits) || plan.lengths.includes(digits.length) || mayShorten(digits, reader)) return false
  return !digits.startsWith(plan.code) || !trunk?.test(digits.slice(plan.code.length))
}

/** Whether digits in front may be taken for what is dialled at home only. */
function mayShorten(number: string, { plan, trunk }: Reader): boolean {
  const dialled = trunk?.exec(number)?.[0]
  return dialled !== undefined && plan.shortened.includes(number.length - dialled.length)
}

/** By the country code in front: none begins with another one. */
function readerOf(digits: string): Reader | null {
  for (let length = 1; length <= 3; length += 1) {
    const region = MAIN_REGIONS[digits.slice(0, length)]
    if (region !== undefined) return readerFor(region)
  }
  return null
}

function readerFor(region: string): Reader | null {
  const known = readers.get(region)
  if (known) return known
  const plan = PLANS[region]
  if (!plan) return null
  const { abroad, trunk } = plan
  const beginsWith = (pattern: string) => new RegExp(`^(?:${pattern})`)
  const reader = { plan, abroad: beginsWith(abroad), trunk: trunk === '' ? null : beginsWith(trunk) }
  readers.set(region, reader)
  return reader
}
