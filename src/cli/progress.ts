const WIDTH = 30

/** How often a line is written where nobody can see a bar, as a part of the whole. */
const STEP = 0.1

export interface Progress {
  at(done: number): void
  end(): void
}

/** Shows on standard error how far long work has got: a bar on a terminal, now and then a line elsewhere. */
export function showProgress(
  label: string,
  total: number,
  out: NodeJS.WriteStream = process.stderr,
): Progress {
  let shown = 0
  const text = (done: number) => `${label}: ${done} of ${total}`
  if (out.isTTY) {
    return {
      at: (done) => out.write(`\r${bar(done, total)} ${text(done)}`),
      end: () => out.write(total > 0 ? '\n' : ''),
    }
  }
  return {
    at(done) {
      if (done < total && done - shown < total * STEP) return
      shown = done
      out.write(`${text(done)}\n`)
    },
    end: () => undefined,
  }
}

/** Copies smaller than this, in pages of the database, are there before anybody wonders: some 40 MB. */
const LARGE = 10_000

/** The same for a copy whose size is known once it has begun; of a small one nothing is shown. */
export function progressOfPages(label: string): (done: number, total: number) => void {
  let shown: Progress | null = null
  return (done, total) => {
    if (total < LARGE) return
    shown ??= showProgress(label, total)
    shown.at(done)
    if (done === total) shown.end()
  }
}

function bar(done: number, total: number): string {
  const full = total === 0 ? WIDTH : Math.min(WIDTH, Math.round((done / total) * WIDTH))
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`
}
