import {
  createReadPhone,
  PHONE_AMBIGUOUS,
  PHONE_NOT_USABLE,
  type ReadPhone,
} from '../../upload/rules/phones.ts'
import { warning, type Finding } from './check.ts'

/** What became of the phones on the pages that were read, each with the first row that has one. No number is kept. */
export interface PhoneCounts {
  /** Reads as the upload does, and counts for the row of that name. */
  readerFor: (row: string) => ReadPhone
  isPhone: (text: string) => boolean
  /** Phones that do not leave. */
  findings: () => Finding[]
  /** Phones that were read as those of the home country, as the end of a sentence; '' when there are none. */
  ofHome: () => string
}

export function countPhones(home: string | null): PhoneCounts {
  const readPhone = createReadPhone(home)
  const seen = new Map<string, { count: number; first: string }>()
  const told = (fate: string, says: (count: number) => string): string[] => {
    const { count, first } = seen.get(fate) ?? { count: 0, first: '' }
    return count === 0 ? [] : [`${says(count)} (first: ${first})`]
  }
  const ofHome = () => told('national', (count) => `${count} ${phones(count)} read as of ${home ?? ''}`)
  return {
    isPhone: (text) => readPhone(text).kind === 'phone',
    readerFor: (row) => (value) => {
      const phone = readPhone(value)
      const fate = phone.kind === 'phone' ? phone.read : phone.kind
      const { count, first } = seen.get(fate) ?? { count: 0, first: row }
      seen.set(fate, { count: count + 1, first })
      return phone
    },
    findings() {
      const lost = [
        ...told(PHONE_NOT_USABLE, (count) => `${count} ${phones(count)} not usable`),
        ...told(PHONE_AMBIGUOUS, (count) => `${count} ${phones(count)} ambiguous`),
      ]
      const hint =
        home === null
          ? 'Export phones with + and the country code, or set CRM_EXPORT_COUNTRY.'
          : 'Export phones with + and the country code.'
      return lost.length === 0 ? [] : [warning([...lost, ...ofHome()].join(', '), hint)]
    },
    ofHome: () =>
      ofHome()
        .map((says) => `; ${says}`)
        .join(''),
  }
}

const phones = (count: number) => (count === 1 ? 'phone' : 'phones')
