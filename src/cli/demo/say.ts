/** One line for the person who watches the demo. */
export const say = (line: string) => process.stdout.write(`${line}\n`)
