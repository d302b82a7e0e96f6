import { hostname, userInfo } from 'node:os'
import type { Actor } from '../store/port.ts'

/** Who runs this command, for the audit. */
export const operator = (): Actor => ({
  userId: 'operator',
  userName: `${userInfo().username} (wauth)`,
  address: hostname(),
})
