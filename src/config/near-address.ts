/** Where a listener of this machine is asked: one that listens everywhere on loopback. An origin. */
export function nearAddress({ host, port }: { host: string; port: number }): string {
  const near = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return `http://${near.includes(':') ? `[${near}]` : near}:${port}`
}
