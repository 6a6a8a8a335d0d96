/**
 * Who an `organization_user_id` names. Ids that are addresses differing only in ASCII case or outer space are one
 * person (R16); any other id is itself.
 */
export function personOf(organizationUserId: string): string {
  const trimmed = organizationUserId.trim()
  return trimmed.includes('@') ? lowerAscii(trimmed) : trimmed
}

/**
 * A-Z only: `toLowerCase` would turn the Kelvin sign of `K@x` into `k@x` and let one person overwrite another's
 * consent.
 */
export const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, letter => letter.toLowerCase())

/** What Mailchimp calls the contact: by address, by the address's MD5, or by its own permanent id. */
export type ContactRef =
  | { readonly by: 'address'; readonly address: string }
  | { readonly by: 'hash'; readonly hash: string }
  | { readonly by: 'contact_id'; readonly contactId: string }

export type Match = 'email' | 'subscriber_hash' | 'contact_id' | `metadata_${string}`

// Mailchimp refuses anything but ASCII before the @, and 254 characters are SMTP's limit for a path.
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[^\s@.,;:()<>[\]\\"]+(?:\.[^\s@.,;:()<>[\]\\"]+)+$/
const MD5_HEX = /^[0-9a-f]{32}$/i
const CONTACT_ID = /^[0-9a-z]{6,64}$/i

const hasControlCharacter = (text: string): boolean =>
  [...text].some(character => character < ' ' || character === '\u007f')

/** The address Mailchimp would accept, in the one spelling we hash and send; undefined when it is none. R16. */
export function addressOf(text: string): string | undefined {
  const address = lowerAscii(text.trim())
  if (address.length > 254 || hasControlCharacter(address)) return undefined
  const local = address.slice(0, address.lastIndexOf('@'))
  return local.length <= 64 && ADDRESS.test(address) ? address : undefined
}

/** R16 and R17: the contact that an identifier names under an integration's `match`, or undefined. */
export function contactOf(identifier: string, match: Match): ContactRef | undefined {
  const id = identifier.trim()
  if (match === 'subscriber_hash') return MD5_HEX.test(id) ? { by: 'hash', hash: id.toLowerCase() } : undefined
  if (match === 'contact_id') return CONTACT_ID.test(id) ? { by: 'contact_id', contactId: id } : undefined
  const address = addressOf(id)
  return address === undefined ? undefined : { by: 'address', address }
}
