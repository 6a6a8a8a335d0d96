import { subscriberHash } from './addresses.ts'
import { isProblem } from './call.ts'
import type { Json, JsonObject } from './json.ts'
import { readMemberInput } from './member-input.ts'
import { removeMember, storeMember } from './contacts.ts'
import { create } from './members.ts'
import { unknownTags } from './merge-values.ts'
import { addMergeField, changeMergeField, dropMergeField } from './merge-fields.ts'
import { type Problem, refusal } from './problems.ts'
import { randomHex } from './random.ts'
import { type Audience, type KeyState, type Member, type MergeField, type State, newAudience } from './state.ts'
import { archived } from './statuses.ts'

export type ContactSeed = Readonly<{
  email_address: string
  status?: Member['status']
  merge_fields?: Readonly<Record<string, Json>>
  tags?: readonly string[]
  marketing_permissions?: readonly JsonObject[]
  /** Left by their own hand, bounced or under review: `subscribed` is refused. */
  in_compliance?: boolean
  contact_id?: string
  timestamp_opt?: string
  last_changed?: number
}>

export type MergeFieldSeed = Readonly<{
  tag: string
  /** Needed for a new field. */
  type?: string
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
  /** Their texts, with or without ids; `true` for those that Mailchimp proposes. */
  marketing_permissions?: boolean | readonly (string | Readonly<{ id: string; text: string }>)[]
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

/** A new audience, in place of any of the same id. */
export function addAudience(state: State, seed: AudienceSeed): Audience {
  state.audiences.delete(seed.id)
  return setUpAudience(state, seed)
}

/** Changes what the seed names and leaves the rest of an audience as it is; makes it when there is none. */
export function setUpAudience(state: State, seed: AudienceSeed): Audience {
  const audience = state.audiences.get(seed.id) ?? newAudience(state, seed.id, seed.account)
  audience.name = seed.name ?? audience.name
  audience.doubleOptIn = seed.double_optin ?? audience.doubleOptIn
  if (seed.marketing_permissions !== undefined)
    audience.marketingPermissions = permissionsOf(state, audience, seed.marketing_permissions)
  state.audiences.set(audience.id, audience)
  for (const field of seed.merge_fields ?? []) setUpMergeField(audience, field)
  for (const contact of seed.contacts ?? []) seedContact(state, audience, contact)
  return audience
}

/** The three that Mailchimp proposes when a marketer switches them on. */
const USUAL_PERMISSIONS = ['Email', 'Direct Mail', 'Customized Online Advertising']

/** A text that the audience has already keeps its id, and so what its contacts said. */
function permissionsOf(
  state: State,
  { marketingPermissions: before }: Audience,
  wanted: NonNullable<AudienceSeed['marketing_permissions']>,
): Audience['marketingPermissions'] {
  if (wanted === false) return []
  if (wanted === true && before.length > 0) return before
  return (wanted === true ? USUAL_PERMISSIONS : wanted).map(permission => {
    if (typeof permission !== 'string') return permission
    return before.find(({ text }) => text === permission) ?? { id: randomHex(state.random, 10), text: permission }
  })
}

export function seedMergeField(audience: Audience, seed: MergeFieldSeed): MergeField {
  const { merge_id: mergeId = audience.lastMergeId + 1, ...body } = seed
  if (audience.mergeFields.some(field => field.mergeId === mergeId))
    throw new Error(`The merge_id ${mergeId} of ${seed.tag} is taken.`)
  return acceptedField(seed, addMergeField(audience, { ...body, name: seed.name ?? seed.tag }, mergeId))
}

/** Changes a field that is there. One of another type, or with another id, is deleted and made again, and empty. */
export function setUpMergeField(audience: Audience, seed: MergeFieldSeed): MergeField {
  const before = audience.mergeFields.find(({ tag }) => tag === seed.tag.toUpperCase())
  if (!before) return seedMergeField(audience, seed)
  const { merge_id: mergeId = before.mergeId, ...body } = seed
  const isSame = mergeId === before.mergeId && (seed.type ?? before.type) === before.type
  if (isSame) return acceptedField(seed, changeMergeField(audience, before, body))
  dropMergeField(audience, before)
  return seedMergeField(audience, { ...seed, type: seed.type ?? before.type })
}

function acceptedField({ tag }: MergeFieldSeed, made: MergeField | Problem): MergeField {
  if ('title' in made) throw refusal(`The merge field ${tag} cannot be set up`, made)
  return made
}

/** Puts a contact there in place of any before it; its address is not checked, its merge fields are. */
export function seedContact(state: State, audience: Audience, seed: ContactSeed): Member {
  const { email_address, status = 'subscribed', merge_fields = {}, tags = [], marketing_permissions = [] } = seed
  const unknown = unknownTags(audience, merge_fields, state.behaviour.mergeTagCase)
  if (unknown.length > 0) throw new Error(`The audience has no merge field ${unknown.join(', ')}.`)
  const live = status === 'archived' ? 'subscribed' : status
  const body = { email_address, status: live, merge_fields, tags, marketing_permissions }
  const input = readMemberInput(body, { method: 'POST', required: [], behaviour: state.behaviour })
  if (isProblem(input)) throw refusal(`The contact ${email_address} cannot be put there`, input)
  const id = subscriberHash(email_address)
  const before = audience.members.get(id)
  const query = new URLSearchParams({ skip_merge_validation: 'true' })
  const made = create(state, audience, { input, call: { ip: '203.0.113.10', query } })
  if (isProblem(made)) throw refusal(`The contact ${email_address} cannot be put there`, made)
  for (const replaced of [before, made]) if (replaced) removeMember(audience, replaced)
  audience.forgotten.delete(id)
  const placed = status === 'archived' ? archived(made) : made
  const member = {
    ...placed,
    contactId: seed.contact_id ?? placed.contactId,
    inCompliance: seed.in_compliance ?? placed.inCompliance,
    timestampOpt: seed.timestamp_opt ?? placed.timestampOpt,
    lastChanged: seed.last_changed ?? placed.lastChanged,
  }
  storeMember(audience, member, undefined)
  return member
}
