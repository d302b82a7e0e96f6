/** Looks like a state of Wazzup and is signed by nobody: no login and no exchange can come of it. */
export function madeUpState(crmCode: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none', typ: 'JWT' })}.${part({ crmCode, wauth: 'check' })}.check`
}
