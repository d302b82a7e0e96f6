/** Loaded into a process before anything else: says on stderr which modules of OpenTelemetry it loads, and how. */
import { registerHooks } from 'node:module'

registerHooks({
  load(url, context, nextLoad) {
    if (url.includes('/node_modules/@opentelemetry/')) process.stderr.write(`loaded ${url}\n`)
    return nextLoad(url, context)
  },
})
