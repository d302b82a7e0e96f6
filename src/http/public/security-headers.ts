/**
 * On every answer of the public listener, errors and raw socket answers too. No inline code, no other origin, no frame,
 * no copy in a cache, and no own address (it may carry a code) sent to anybody.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  // A hostile popup can send its opener here (`opener.location`), whatever this says: the confirm page takes no early press
  // (confirm.js). It could also keep that handle, call the page away again before anybody reads it, and try as often as it
  // likes: this takes the handle away. On all answers, as an engine that changes processes between two of them calls its
  // own form cross-site. The price: in WebKit the progress line stays after Back from another site, and nothing else.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'x-robots-tag': 'noindex',
  'cache-control': 'no-store',
}
