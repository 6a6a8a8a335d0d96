import { createHash } from 'node:crypto'
import { type Problem, forgotten, invalid } from './problems.ts'
import type { Audience, State } from './state.ts'

/** Mailchimp's id of a contact: the MD5 of the lower-cased address. */
export function subscriberHash(address: string): string {
  return createHash('md5').update(address.trim().toLowerCase()).digest('hex')
}

/** A domain may hold letters of any script (Mailchimp's help), what is before the `@` may not. */
const SYNTAX =
  /^[\x21-\x7e]+@[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?)+$/iu
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i
const EXAMPLE_DOMAIN = /@(?:[^@]*\.)?example\.(?:com|net|org)$/i
const LOOKS_FAKE = /^(?:test@test\.|asdf+@|fake@)/i

/** Why Mailchimp will not take this address into this audience, if it will not. */
export function refusedAddress(state: State, audience: Audience, address: string): Problem | undefined {
  if (!hasGoodSyntax(address)) return invalid('Please provide a valid email address.')
  const isExample = EXAMPLE_DOMAIN.test(address) && !state.behaviour.allowExampleAddresses
  if (isExample || LOOKS_FAKE.test(address)) {
    return invalid(`${address} looks fake or invalid, please enter a real email address.`)
  }
  const id = subscriberHash(address)
  if (audience.forgotten.has(id)) return forgotten(address)
  if (audience.throttled.has(id)) {
    return invalid(`${address} has signed up to a lot of lists very recently; we're not allowing more signups for now`)
  }
  return undefined
}

/** No UTF-8 before the `@` (reported from Mailchimp's own documentation). */
function hasGoodSyntax(address: string): boolean {
  const at = address.lastIndexOf('@')
  return SYNTAX.test(address) && address.length <= 254 && at <= 64 && LOCAL_PART.test(address.slice(0, at))
}
