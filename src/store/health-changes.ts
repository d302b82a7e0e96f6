/** What an answer about an apiKey does to its connection: from which status to which, and what the audit calls it. */
export const HEALTH_CHANGES = {
  invalid: { from: 'connected', to: 'invalid', action: 'connection.invalid' },
  valid: { from: 'invalid', to: 'connected', action: 'connection.recovered' },
} as const
