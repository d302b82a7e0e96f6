import { createRequire } from 'node:module'
import type * as Library from 'google-libphonenumber'

const require = createRequire(import.meta.url)

/** Google's phone library. To load it takes some 60 ms, which only a process that meets a phone has to pay. */
export const phoneLibrary = () => require('google-libphonenumber') as typeof Library
