import type { LoginHealth } from './port.ts'

/** Of two things to tell, the one that is not well; else the second, which knows more. */
export const worse = (one: LoginHealth, other: LoginHealth): LoginHealth => (one.ok ? other : one)
