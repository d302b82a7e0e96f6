import { Command } from 'commander'
import { verifyCommand } from './verify.ts'

/** `wauth login`: how your CRM says who somebody is. */
export const loginCommand = () => new Command('login').addCommand(verifyCommand())
