import { trimmed } from './trimmed.ts'

/**
 * Who an `organization_user_id` names. Two spellings of one address are one person (R16a); any other id is itself.
 */
export const personOf = (organizationUserId: string): string =>
  organizationUserId.includes('@') ? addressForm(organizationUserId) : organizationUserId.trim()

/** A stored id is an index entry, and bringing an id into one form may make it three times as long. */
const MOST_FORM_LENGTH = 512

/** R16a: the one form of an address. What is too long to be one, or becomes too long, keeps its domain as it is. */
function addressForm(text: string): string {
  const address = trimmed(text)
  const domain = address.lastIndexOf('@') + 1
  const form = lowerAscii(address.slice(0, domain)) + domainForm(address.slice(domain))
  return form.length > MOST_FORM_LENGTH ? lowerAscii(address) : form
}

/** The one form of a domain, or of the beginning of one. A letter in lower case may be in another form than it was. */
export const domainForm = (domain: string): string => domain.normalize('NFC').toLowerCase().normalize('NFC')

/**
 * A-Z only: `toLowerCase` would turn the Kelvin sign of `K@x` into `k@x` and let one person overwrite another's
 * consent.
 */
export const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, letter => letter.toLowerCase())

/** The beginning that every spelling of a person's id has, but for the case of A-Z: where a text can be looked through. */
export function commonStart(person: string): string {
  const domain = person.lastIndexOf('@') + 1
  if (domain === 0) return lowerAscii(person)
  return lowerAscii(person.slice(0, domain)) + (SPELLED_ALIKE.exec(person.slice(domain))?.[0] ?? '')
}

// The Kelvin sign is a k in lower case, and a letter before a mark may have been one character with it.
const SPELLED_ALIKE = /^(?:[^k\u0080-\uffff](?![\u0080-\uffff]))*/

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

// Half a surrogate pair is hashed as another character, and so as another contact.
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Cs}]/u

/** The address Mailchimp would accept, in the one form we hash and send; undefined when it is none. R16. */
export function addressOf(text: string): string | undefined {
  const address = addressForm(text)
  if (address.length > 254 || HIDDEN.test(address)) return undefined
  const local = address.slice(0, address.lastIndexOf('@'))
  return local.length <= 64 && ADDRESS.test(address) ? address : undefined
}

/** R16 and R17: the contact that an identifier names under an integration's `match`, or undefined. */
export function contactOf(identifier: string, match: Match): ContactRef | undefined {
  const id = trimmed(identifier)
  if (match === 'subscriber_hash') return MD5_HEX.test(id) ? { by: 'hash', hash: id.toLowerCase() } : undefined
  if (match === 'contact_id') return CONTACT_ID.test(id) ? { by: 'contact_id', contactId: id } : undefined
  const address = addressOf(id)
  return address === undefined ? undefined : { by: 'address', address }
}
