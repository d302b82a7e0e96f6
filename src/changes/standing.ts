import type { ChangesStanding } from '../store/port.ts'

/** How far changes have got, as it is shown: whole seconds. */
export type ShownStanding = Omit<ChangesStanding, 'oldest'> & { oldestSeconds: number | null }

export const shownStanding = ({ oldest, ...counted }: ChangesStanding): ShownStanding => ({
  ...counted,
  oldestSeconds: oldest === null ? null : Math.floor(oldest / 1000),
})
