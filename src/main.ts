#!/usr/bin/env node
import './cli/check-node.ts'
import './cli/no-debugger.ts'
import './cli/compile-cache.ts'

// Nothing of the service is read before an old Node has been refused, and what was compiled before is at hand.
const { serve } = await import('./cli/serve.ts')
await serve()
