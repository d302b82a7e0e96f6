const LONGEST = 50

/**
 * The name that Wazzup shows its customer for this integration. Neither length nor characters are documented, so it
 * keeps to what every reading allows: letters, digits, dots, hyphens, blanks; at most 50 characters; never empty.
 */
export function connectionName(account: { crmAccountName: string; crmAccountId: string }): string {
  return plain(account.crmAccountName) || plain(account.crmAccountId) || 'CRM'
}

function plain(text: string): string {
  const allowed = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{M}. -]+/gu, ' ')
    .replace(/\s+/g, ' ')
  return Array.from(allowed.trim()).slice(0, LONGEST).join('').trim()
}
