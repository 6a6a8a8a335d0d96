import { subscriberHash } from './addresses.ts'
import { isProblem } from './call.ts'
import { type Json, type JsonObject, isArray, isObject } from './json.ts'
import { readMemberInput } from './member-input.ts'
import { findMember, storeMember } from './contacts.ts'
import { create } from './members.ts'
import { addMergeField } from './merge-fields.ts'
import { type Audience, type KeyState, type Member, type State, newAudience } from './state.ts'
import { archived } from './statuses.ts'

export type ContactSeed = Readonly<{
  email_address: string
  status?: Member['status']
  merge_fields?: Readonly<Record<string, Json>>
  tags?: readonly string[]
  /** Left by their own hand, bounced or under review: `subscribed` is refused. */
  in_compliance?: boolean
  timestamp_opt?: string
  last_changed?: number
}>

export type MergeFieldSeed = Readonly<{
  tag: string
  type: string
  name?: string
  required?: boolean
  public?: boolean
  merge_id?: number
  display_order?: number
  options?: JsonObject
}>

export type AudienceSeed = Readonly<{
  id: string
  name?: string
  account?: string
  double_optin?: boolean
  marketing_permissions?: readonly Readonly<{ id: string; text: string }>[]
  merge_fields?: readonly MergeFieldSeed[]
  contacts?: readonly ContactSeed[]
}>

export type KeySeed = Readonly<{ key: string; account?: string; role?: string; state?: KeyState }>

export type Seed = Readonly<{ keys?: readonly KeySeed[]; audiences?: readonly AudienceSeed[] }>

export function seedState(state: State, seed: Seed): void {
  for (const key of seed.keys ?? []) addKey(state, key)
  for (const audience of seed.audiences ?? []) addAudience(state, audience)
}

/** Each key is an account of its own unless told otherwise: Mailchimp limits a user, not a key. */
export function addKey(state: State, { key, account, role, state: keyState }: KeySeed): void {
  const dataCentre = /-([a-z]{2,4}\d{1,3})$/.exec(key)?.[1] ?? 'us1'
  state.keys.set(key, {
    secret: key,
    dataCentre,
    account: account ?? key,
    role: role ?? 'owner',
    state: keyState ?? 'active',
  })
}

export function addAudience(state: State, seed: AudienceSeed): Audience {
  const audience = newAudience(state, seed.id, seed.account)
  audience.name = seed.name ?? audience.name
  audience.doubleOptIn = seed.double_optin ?? false
  audience.marketingPermissions = seed.marketing_permissions ?? []
  state.audiences.set(audience.id, audience)
  for (const field of seed.merge_fields ?? []) seedMergeField(audience, field)
  for (const contact of seed.contacts ?? []) seedContact(state, audience, contact)
  return audience
}

export function seedMergeField(audience: Audience, seed: MergeFieldSeed): void {
  if (seed.merge_id !== undefined) audience.lastMergeId = seed.merge_id - 1
  const made = addMergeField(audience, { ...seed, name: seed.name ?? seed.tag })
  if ('title' in made) throw new Error(`Cannot seed the merge field ${seed.tag}: ${JSON.stringify(made)}`)
}

/** Puts a contact there as if it had always been; its address is not checked, its merge fields are. */
export function seedContact(state: State, audience: Audience, seed: ContactSeed): Member {
  const { email_address, status = 'subscribed', merge_fields = {}, tags = [] } = seed
  const live = status === 'archived' ? 'subscribed' : status
  const body = { email_address, status: live, merge_fields, tags }
  const input = readMemberInput(body, { method: 'POST', required: [], behaviour: state.behaviour })
  if (isProblem(input)) throw new Error(`Cannot seed the contact ${email_address}: ${JSON.stringify(input.errors)}`)
  const query = new URLSearchParams({ skip_merge_validation: 'true' })
  const made = create(state, audience, { input, call: { ip: '203.0.113.10', query } })
  if (isProblem(made)) throw new Error(`Cannot seed the contact ${email_address}: ${JSON.stringify(made)}`)
  const placed = status === 'archived' ? archived(made) : made
  const member = {
    ...placed,
    inCompliance: seed.in_compliance ?? placed.inCompliance,
    timestampOpt: seed.timestamp_opt ?? placed.timestampOpt,
    lastChanged: seed.last_changed ?? placed.lastChanged,
  }
  storeMember(audience, member, made)
  return member
}

export function contactOf(audience: Audience, name: string): Member | undefined {
  return findMember(audience, name.includes('@') ? subscriberHash(name) : name)
}

/** What a seed file holds; its parts are checked as they are put in place. */
export function readSeed(value: Json | undefined): Seed {
  if (!isObject(value)) throw new Error('it must hold a JSON object')
  for (const part of ['keys', 'audiences']) {
    if (value[part] !== undefined && !isArray(value[part])) throw new Error(`"${part}" must be a list`)
  }
  return value
}
