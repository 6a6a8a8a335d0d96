import { subscriberHash } from './addresses.ts'
import type { Audience, Member } from './state.ts'

/** Looks a contact up as the path names it: MD5, plain address or contact id. */
export function findMember(audience: Audience, name: string): Member | undefined {
  if (name.includes('@')) return audience.members.get(subscriberHash(name))
  const id = name.toLowerCase()
  return audience.members.get(id) ?? audience.members.get(audience.idsByContactId.get(id) ?? '')
}

/** Keeps a member under its present id; `before` is what it replaces, whose id may differ after a change of address. */
export function storeMember(audience: Audience, member: Member, before: Member | undefined): void {
  if (before && before.id !== member.id) audience.members.delete(before.id)
  audience.members.set(member.id, member)
  audience.idsByContactId.set(member.contactId, member.id)
}

/** The contact is gone with its contact id; the same address makes another contact later. */
export function removeMember(audience: Audience, member: Member): void {
  audience.members.delete(member.id)
  audience.idsByContactId.delete(member.contactId)
}

/** The contact is gone, and Mailchimp takes its address back by no API call and no import. */
export function forget(audience: Audience, member: Member): void {
  removeMember(audience, member)
  audience.forgotten.add(member.id)
}
