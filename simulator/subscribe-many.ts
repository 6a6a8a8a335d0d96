import { refusedAddress, subscriberHash } from './addresses.ts'
import { type Answer, ok } from './answers.ts'
import { type Call, flag, isProblem } from './call.ts'
import { findMember } from './contacts.ts'
import { type Json, type JsonObject, isArray, isObject, phpTypeOf } from './json.ts'
import { type MemberInput, memberErrors, readMemberInput } from './member-input.ts'
import { briefMemberJson } from './member-view.ts'
import { create, update } from './members.ts'
import { type FieldError, type Problem, invalidFields, memberExists } from './problems.ts'
import type { Audience, Member, State } from './state.ts'

const MOST_MEMBERS = 500

type Item = Readonly<{ input: MemberInput; address: string }>
type Outcome = Readonly<{ made: Member } | { changed: Member } | { problem: Problem; address: string }>

/** Adds and updates up to 500 contacts: a fault of form fails the whole call, any other fails its contact. */
export function subscribeMany(state: State, audience: Audience, call: Call): Answer | Problem {
  const { body } = call
  const members = body['members']
  if (members === undefined)
    return invalidFields([{ field: '', message: 'Required fields were not provided: members' }])
  if (!isArray(members)) {
    return invalidFields([{ field: 'members', message: `Schema describes array, ${phpTypeOf(members)} found instead` }])
  }
  const errors = [...sizeErrors(members), ...members.flatMap((member, at) => itemErrors(state, member, at))]
  if (errors.length > 0) return invalidFields(errors)
  const seen = new Set<string>()
  const outcomes = members.filter(isObject).map(member => {
    const item = readItem(state, member)
    if (isProblem(item)) return { problem: item, address: '' }
    const id = subscriberHash(item.address)
    const isRepeat = seen.has(id) && !flag(call.query, 'skip_duplicate_check')
    seen.add(id)
    return isRepeat
      ? { problem: duplicate(item.address), address: item.address }
      : subscribe(state, audience, { item, call })
  })
  return summary(audience, outcomes)
}

function sizeErrors(members: readonly Json[]): readonly FieldError[] {
  if (members.length <= MOST_MEMBERS) return []
  return [{ field: 'members', message: `This collection should contain ${MOST_MEMBERS} elements or less.` }]
}

function itemErrors(state: State, member: Json, at: number): readonly FieldError[] {
  const place = `members.item:${at}`
  if (!isObject(member))
    return [{ field: place, message: `Schema describes object, ${phpTypeOf(member)} found instead` }]
  const rules = { method: 'POST', required: ['email_address'], behaviour: state.behaviour }
  return memberErrors(member, rules).map(({ field, message }) => ({
    field: field === '' ? place : `${place}.${field}`,
    message,
  }))
}

function readItem(state: State, member: JsonObject): Item | Problem {
  const input = readMemberInput(member, { method: 'POST', required: ['email_address'], behaviour: state.behaviour })
  if (isProblem(input)) return input
  const honoured = state.behaviour.manyStatusIfNew === 'honoured' ? input.statusIfNew : undefined
  return { input: { ...input, statusIfNew: honoured }, address: input.emailAddress ?? '' }
}

function duplicate(address: string): Problem {
  return { status: 400, title: 'Duplicate', detail: `${address} appears more than once in this request.` }
}

function subscribe(state: State, audience: Audience, { item, call }: Readonly<{ item: Item; call: Call }>): Outcome {
  const { address, input } = item
  const existing = findMember(audience, address)
  if (existing && existing.status !== 'archived') return change(state, audience, { existing, input, call })
  const problem = refusedAddress(state, audience, address)
  if (problem) return { problem, address }
  if (input.status === undefined && input.statusIfNew === undefined) return { problem: noStatus(), address }
  const made = existing
    ? update(state, audience, { existing, input: { ...input, status: input.status ?? input.statusIfNew }, call })
    : create(state, audience, { input, call })
  return isProblem(made) ? { problem: made, address } : { made }
}

function noStatus(): Problem {
  return { status: 400, title: 'Invalid Resource', detail: 'Required fields were not provided: status' }
}

type Change = Readonly<{ existing: Member; input: MemberInput; call: Call }>

function change(state: State, audience: Audience, { existing, input, call }: Change): Outcome {
  const address = existing.emailAddress
  if (call.body['update_existing'] !== true) return { problem: memberExists(address), address }
  const staysOut =
    existing.inCompliance && input.status === 'subscribed' && state.behaviour.manyCompliance === 'ignored'
  const replaceTags = call.body['sync_tags'] === true
  const kept = staysOut ? { ...input, status: undefined } : input
  const changed = update(state, audience, { existing, input: kept, call, replaceTags })
  return isProblem(changed) ? { problem: changed, address } : { changed }
}

function summary(audience: Audience, outcomes: readonly Outcome[]): Answer {
  const made = outcomes.flatMap(outcome => ('made' in outcome ? [briefMemberJson(audience, outcome.made)] : []))
  const changed = outcomes.flatMap(outcome =>
    'changed' in outcome ? [briefMemberJson(audience, outcome.changed)] : [],
  )
  const errors = outcomes.flatMap(outcome => ('problem' in outcome ? [errorEntry(outcome)] : []))
  const counts = `"total_created":${made.length},"total_updated":${changed.length},"error_count":${errors.length}`
  const lists = `"new_members":[${made.join(',')}],"updated_members":[${changed.join(',')}]`
  return ok(`{${lists},"errors":${JSON.stringify(errors)},${counts},"_links":[]}`)
}

function errorEntry({ problem, address }: Readonly<{ problem: Problem; address: string }>): JsonObject {
  const [first] = problem.errors ?? []
  return {
    email_address: address,
    error: problem.detail,
    error_code: problem.title === 'Member Exists' ? 'ERROR_CONTACT_EXISTS' : 'ERROR_GENERIC',
    field: first?.field ?? '',
    field_message: first?.message ?? '',
  }
}
