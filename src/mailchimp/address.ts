import { createHash } from 'node:crypto'
import { type ContactRef } from '../domain/person.ts'

/** Mailchimp's own addressing: the MD5 of the lower-cased address. Not a use of MD5 for security. */
export const subscriberHash = (lowerCasedAddress: string): string =>
  createHash('md5').update(lowerCasedAddress, 'utf8').digest('hex')

/** The path segment that names the contact; equal for two refs exactly when they address the same one alike. */
export function contactKey(contact: ContactRef): string {
  switch (contact.by) {
    case 'address':
      return subscriberHash(contact.address)
    case 'hash':
      return contact.hash
    case 'contact_id':
      return encodeURIComponent(contact.contactId)
  }
}
