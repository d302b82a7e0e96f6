import type { Complaint } from './error-shapes.ts'
import type { MarketplaceModule } from './modules.ts'

const complaint = (code: string, description: string): Complaint => ({ code, description })

/** What is wrong with the fields of `POST /v3/marketplace`; null when nothing is. */
export function complaintAboutModule({
  crmCode,
  secret,
  authRedirectUri,
}: Pick<MarketplaceModule, 'crmCode' | 'secret' | 'authRedirectUri'>): Complaint | null {
  if (!/^[A-Za-z0-9_-]+$/.test(crmCode))
    return complaint('INVALID_CRM_CODE', 'crmCode must consist of Latin letters, digits, - and _')
  if (crmCode.length > 50) return complaint('INVALID_CRM_CODE', 'crmCode is longer than 50 characters')
  if (!secret) return complaint('INVALID_SECRET', 'secret is missing')
  if (authRedirectUri && !/^https?:$/.test(URL.parse(authRedirectUri)?.protocol ?? ''))
    return complaint('INVALID_REDIRECT_URI', 'authRedirectUri is not an address')
  return null
}

// The page names letters, digits and hyphens, and then gives an example with spaces in it.
const nameCharacters = /^[A-Za-z0-9][A-Za-z0-9 -]*$/

/** What is wrong with what `PATCH /v3/marketplace` leads to; null when nothing is. */
export function complaintAboutBrand({
  crmName,
  logo,
}: Pick<MarketplaceModule, 'crmName' | 'logo'>): Complaint | null {
  if (crmName !== null && !nameCharacters.test(crmName))
    return complaint('INVALID_CRM_NAME', 'crmName must consist of Latin letters, digits, spaces and hyphens')
  if (crmName !== null && crmName.length > 50) return complaint('INVALID_CRM_NAME', 'crmName is too long')
  if (!logo) return null
  if (!/\.svg$/i.test(logo.name)) return complaint('INVALID_LOGO', 'The logo must be an svg file')
  return isSvg(logo.content) ? null : complaint('INVALID_LOGO', 'The content must be an svg file in base64')
}

/** Base64 in one piece, and a picture inside. */
function isSvg(content: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(content)) return false
  return Buffer.from(content, 'base64').toString('utf8').includes('<svg')
}
