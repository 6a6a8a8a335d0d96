import { refusedAddress, subscriberHash } from './addresses.ts'
import { type Answer, noContent, ok } from './answers.ts'
import { type Call, flag, isProblem } from './call.ts'
import { findMember, forget, storeMember } from './contacts.ts'
import { type MemberInput, readMemberInput } from './member-input.ts'
import { memberJson, memberView } from './member-view.ts'
import { type MergeWrite, applyMergeFields } from './merge-values.ts'
import { filtered, hasFieldQuery } from './paging.ts'
import { type Problem, cannotArchive, invalidFields, invalidMergeFields, memberExists, notFound } from './problems.ts'
import { randomHex } from './random.ts'
import { type Audience, type Member, type State, takeWebId } from './state.ts'
import { archived, canArchive, withStatus } from './statuses.ts'
import { withTagNames } from './tags.ts'

export function getMember(_state: State, audience: Audience, call: Call): Answer | Problem {
  const member = findMember(audience, call.segments[3] ?? '')
  if (!member) return notFound()
  if (!hasFieldQuery(call.query)) return memberAnswer(audience, member, call)
  return filtered(memberView(audience, member), call)
}

/** Adds a contact. One that is archived counts as absent and comes back with its old values (recorded). */
export function postMember(state: State, audience: Audience, call: Call): Answer | Problem {
  const { behaviour } = state
  const input = readMemberInput(call.body, { method: 'POST', required: ['email_address', 'status'], behaviour })
  if (isProblem(input)) return input
  const address = input.emailAddress ?? ''
  const refused = refusedAddress(state, audience, address)
  if (refused) return refused
  const existing = findMember(audience, address)
  if (existing && existing.status !== 'archived') return memberExists(address)
  const stored = existing
    ? update(state, audience, { existing, input, call })
    : create(state, audience, { input, call })
  return isProblem(stored) ? stored : memberAnswer(audience, stored, call)
}

/** A change of address by API. Reported of 2017: only of a contact that is subscribed. */
function renameRefused(state: State, member: Member, address: string | undefined): Problem | undefined {
  if (state.behaviour.renameUnsubscribed === 'taken' || member.status === 'subscribed') return undefined
  if (address === undefined || subscriberHash(address) === member.id) return undefined
  const message = `The address of a contact with a status of "${member.status}" cannot be changed.`
  return invalidFields([{ field: 'email address', message }])
}

export function putMember(state: State, audience: Audience, call: Call): Answer | Problem {
  const named = findMember(audience, call.segments[3] ?? '')
  // Recorded: neither is needed on a contact that is there.
  const required = named ? [] : ['email_address', ...(call.body['status'] === undefined ? ['status_if_new'] : [])]
  const input = readMemberInput(call.body, { method: 'PUT', required, behaviour: state.behaviour })
  if (isProblem(input)) return input
  const refused = named && renameRefused(state, named, input.emailAddress)
  if (refused) return refused
  const stored = named
    ? update(state, audience, { existing: named, input, call })
    : upsertByAddress(state, audience, { input, call })
  return isProblem(stored) ? stored : memberAnswer(audience, stored, call)
}

/** The path names nobody: the address decides. One that is archived comes back, any other is a collision (recorded). */
function upsertByAddress(state: State, audience: Audience, { input, call }: Write): Member | Problem {
  const address = input.emailAddress ?? ''
  const refused = refusedAddress(state, audience, address)
  if (refused) return refused
  const existing = findMember(audience, address)
  if (!existing) return create(state, audience, { input, call })
  if (existing.status !== 'archived') return memberExists(address)
  return update(state, audience, { existing, input, call })
}

export function patchMember(state: State, audience: Audience, call: Call): Answer | Problem {
  const named = findMember(audience, call.segments[3] ?? '')
  if (!named) return notFound()
  const input = readMemberInput(call.body, { method: 'PATCH', required: [], behaviour: state.behaviour })
  if (isProblem(input)) return input
  const refused = renameRefused(state, named, input.emailAddress)
  if (refused) return refused
  // Mailchimp describes no `tags` for PATCH.
  const stored = update(state, audience, { existing: named, input: { ...input, tags: undefined }, call })
  return isProblem(stored) ? stored : memberAnswer(audience, stored, call)
}

export function deleteMember(state: State, audience: Audience, call: Call): Answer | Problem {
  const member = findMember(audience, call.segments[3] ?? '')
  if (!member) return notFound()
  if (!canArchive(member)) return cannotArchive(state.behaviour.archiveRefusal)
  storeMember(audience, { ...archived(member), lastChanged: state.clock.now() }, member)
  return noContent()
}

export function deletePermanently(_state: State, audience: Audience, call: Call): Answer | Problem {
  const member = findMember(audience, call.segments[3] ?? '')
  if (!member) return notFound()
  forget(audience, member)
  return noContent()
}

type Write = Readonly<{ input: MemberInput; call: Pick<Call, 'ip' | 'query'> }>
type Update = Write & Readonly<{ existing: Member; replaceTags?: boolean }>

export function create(state: State, audience: Audience, { input, call }: Write): Member | Problem {
  const merged = applyMergeFields(audience, {}, mergeWrite(state, { input, call }))
  if (merged.errors.length > 0) return invalidMergeFields(merged.errors)
  const blank = blankMember(state, input.emailAddress ?? '')
  const now = state.clock.now()
  const status = input.status ?? input.statusIfNew ?? 'subscribed'
  const placed = withStatus(blank, { status, now, ip: call.ip })
  if (isProblem(placed)) return placed
  const member = withDetails({ ...placed, mergeValues: merged.values }, input)
  const tagged = { ...member, tags: withTagNames(audience, [], input.tags ?? [], now) }
  storeMember(audience, tagged, undefined)
  return tagged
}

/** Everything a write changes on a contact that is there; `last_changed` moves only when something did (recorded). */
export function update(
  state: State,
  audience: Audience,
  { existing, input, call, replaceTags = false }: Update,
): Member | Problem {
  const moved = withAddress(state, audience, existing, input.emailAddress)
  if (isProblem(moved)) return moved
  const merged = applyMergeFields(audience, moved.mergeValues, mergeWrite(state, { input, call }))
  if (merged.errors.length > 0) return invalidMergeFields(merged.errors)
  const now = state.clock.now()
  const revived = existing.status === 'archived' && state.behaviour.archivedCountsAsNew ? input.statusIfNew : undefined
  const status = input.status ?? revived
  const placed = status ? withStatus(moved, { status, now, ip: call.ip }) : moved
  if (isProblem(placed)) return placed
  const kept = replaceTags ? [] : placed.tags
  const tags = withTagNames(audience, kept, input.tags ?? [], now)
  const written = withDetails({ ...placed, tags, mergeValues: merged.values }, input)
  const stored = isSame(existing, written) ? existing : { ...written, lastChanged: now }
  storeMember(audience, stored, existing)
  return stored
}

function mergeWrite({ behaviour }: State, { input, call }: Write): MergeWrite {
  const skipRequired = flag(call.query, 'skip_merge_validation')
  return { sent: input.mergeFields, skipRequired, tagCase: behaviour.mergeTagCase }
}

/** A changed address moves the contact to a new id; one that is taken is refused with the holder's status (recorded). */
function withAddress(state: State, audience: Audience, member: Member, address: string | undefined): Member | Problem {
  if (address === undefined) return member
  const id = subscriberHash(address)
  if (id === member.id) return member
  const refused = refusedAddress(state, audience, address)
  if (refused) return refused
  const holder = audience.members.get(id)
  if (holder) {
    const message = `"${address}" is already in this list with a status of "${holder.statusBeforeArchive}".`
    return invalidFields([{ field: 'email address', message }])
  }
  return { ...member, id, emailAddress: address, uniqueEmailId: randomHex(state.random, 10) }
}

function withDetails(member: Member, input: MemberInput): Member {
  return {
    ...member,
    emailType: input.emailType ?? member.emailType,
    marketingPermissions: { ...member.marketingPermissions, ...input.marketingPermissions },
    ipSignup: input.ipSignup ?? member.ipSignup,
    timestampSignup: input.timestampSignup ?? member.timestampSignup,
    ipOpt: input.ipOpt ?? member.ipOpt,
    timestampOpt: input.timestampOpt ?? member.timestampOpt,
    language: input.language ?? member.language,
    vip: input.vip ?? member.vip,
    latitude: input.location?.latitude ?? member.latitude,
    longitude: input.location?.longitude ?? member.longitude,
  }
}

function isSame(before: Member, after: Member): boolean {
  const names = Object.keys(after) as readonly (keyof Member)[]
  return names.every(
    name => before[name] === after[name] || JSON.stringify(before[name]) === JSON.stringify(after[name]),
  )
}

function blankMember(state: State, address: string): Member {
  return {
    id: subscriberHash(address),
    emailAddress: address,
    contactId: randomHex(state.random, 32),
    uniqueEmailId: randomHex(state.random, 10),
    webId: takeWebId(state),
    emailType: 'html',
    status: 'pending',
    statusBeforeArchive: 'pending',
    inCompliance: false,
    unsubscribeReason: undefined,
    mergeValues: {},
    marketingPermissions: {},
    ipSignup: '',
    timestampSignup: '',
    ipOpt: '',
    timestampOpt: '',
    lastChanged: state.clock.now(),
    language: '',
    vip: false,
    latitude: 0,
    longitude: 0,
    tags: [],
  }
}

function memberAnswer(audience: Audience, member: Member, { origin, key }: Call): Answer {
  const dashboard = `<https://${key.dataCentre}.admin.mailchimp.com/lists/members/view?id=${member.webId}>; rel="dashboard"`
  const schema = `<${origin}/schema/3.0/Lists/Members/Instance.json>; rel="describedBy"`
  return ok(memberJson(audience, member, origin), [['Link', `${schema}, ${dashboard}`]])
}
