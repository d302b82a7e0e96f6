/** What the parent waits for; the service's own log has the word, too. From now on the process lives for its parent. */
export function started() {
  process.channel?.ref()
  process.stdout.write('started\n')
}
