import { Command } from 'commander'
import { statusCommand } from './status.ts'

/** `wauth changes`: what the CRM has changed after the first upload. */
export const changesCommand = () => new Command('changes').addCommand(statusCommand())
