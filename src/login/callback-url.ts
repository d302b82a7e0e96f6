/** Where the CRM sends the browser back to. Built from the setting, never from what a request says. */
export const callbackUrl = (publicUrl: URL) => new URL('/wauth/callback', publicUrl)
