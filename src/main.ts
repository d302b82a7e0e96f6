#!/usr/bin/env node
import './cli/check-node.ts'
import './cli/no-debugger.ts'
import { serve } from './cli/serve.ts'

await serve()
