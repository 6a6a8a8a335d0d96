import { refusedAddress, subscriberHash } from './addresses.ts'
import { isProblem } from './call.ts'
import { findMember, forget, removeMember, storeMember } from './contacts.ts'
import type { Json, JsonObject } from './json.ts'
import { type MemberInput, readMemberInput } from './member-input.ts'
import { create, update } from './members.ts'
import { unknownTags } from './merge-values.ts'
import { type Problem, refusal } from './problems.ts'
import type { Audience, LiveStatus, Member, State } from './state.ts'
import { ACTIONS, type Action } from './statuses.ts'

export type BareAction = Action | 'remove' | 'forget' | 'delete' | 'throttle' | 'unthrottle'

/** What a form, a file or the page of a contact can say, in the words of Mailchimp's API. */
type ContactParts = Readonly<{
  merge_fields?: Readonly<Record<string, Json>>
  status?: LiveStatus
  tags?: readonly string[]
  marketing_permissions?: readonly JsonObject[]
}>

/** What a person, a marketer, an import or Mailchimp itself does to a contact; README.md says who does which. */
export type ContactAction =
  | Readonly<{ do: BareAction }>
  | Readonly<{ do: 'rename'; to: string }>
  | (Readonly<{ do: 'add' | 'edit' }> & ContactParts)
  | (Readonly<{ do: 'sign_up' }> & Omit<ContactParts, 'status'>)

type ActOn = Readonly<{ name: string; action: ContactAction }>

/** The contact after the action, if it is still there. Throws what Mailchimp refuses on its own pages, too. */
export function actOn(state: State, audience: Audience, { name, action }: ActOn): Member | undefined {
  if (action.do === 'throttle' || action.do === 'unthrottle') return setThrottle(audience, name, action.do)
  if (action.do === 'add') return add(state, audience, { address: name, parts: action })
  if (action.do === 'sign_up') return signUp(state, audience, { address: name, parts: action })
  const member = findMember(audience, name)
  if (!member) throw new Error(`There is no contact ${name}.`)
  switch (action.do) {
    case 'remove':
      removeMember(audience, member)
      return undefined
    case 'forget':
    case 'delete':
      forget(audience, member)
      return undefined
    case 'rename':
      return write(state, audience, { member, input: inputOf(state, audience, { email_address: action.to }) })
    case 'edit':
      return write(state, audience, { member, input: inputOf(state, audience, action) })
    default:
      return perform(state, audience, { member, action: action.do })
  }
}

type Perform = Readonly<{ member: Member; action: Action }>

function perform(state: State, audience: Audience, { member, action }: Perform): Member {
  const changed = { ...ACTIONS[action](member), lastChanged: state.clock.now() }
  storeMember(audience, changed, member)
  return changed
}

/** The signup throttle holds for an address, whether there is a contact or not. */
function setThrottle(audience: Audience, name: string, action: 'throttle' | 'unthrottle'): undefined {
  const id = name.includes('@') ? subscriberHash(name) : name
  if (action === 'throttle') audience.throttled.add(id)
  else audience.throttled.delete(id)
}

type Arrival = Readonly<{ address: string; parts: ContactParts }>

/** An import: a new contact, or one out of the archive with its old values. One that is live stays as it is. */
function add(state: State, audience: Audience, { address, parts }: Arrival): Member {
  const refused = refusedAddress(state, audience, address)
  if (refused) throw refusal(REFUSED, refused)
  const member = findMember(audience, address)
  if (member && member.status !== 'archived') return member
  const input = inputOf(state, audience, { status: 'subscribed', ...parts, email_address: address })
  return member
    ? write(state, audience, { member, input })
    : accepted(create(state, audience, { input, call: BY_HAND }))
}

/** The audience's own form: the only way back for who was deleted for good, and pending where opt-in is double. */
function signUp(state: State, audience: Audience, { address, parts }: Arrival): Member {
  const id = subscriberHash(address)
  const refused = audience.forgotten.has(id) ? undefined : refusedAddress(state, audience, address)
  if (refused) throw refusal(REFUSED, refused)
  const input = inputOf(state, audience, { ...parts, email_address: address })
  const member = findMember(audience, address)
  const written = member
    ? write(state, audience, { member, input })
    : accepted(create(state, audience, { input: { ...input, status: 'pending' }, call: BY_HAND }))
  audience.forgotten.delete(id)
  if (written.status === 'subscribed') return written
  return perform(state, audience, { member: written, action: audience.doubleOptIn ? 'ask' : 'confirm' })
}

const REFUSED = 'Mailchimp refuses this by hand, too'

/** Pages and imports ask for no required field. */
const BY_HAND = { ip: '203.0.113.10', query: new URLSearchParams({ skip_merge_validation: 'true' }) }

type WriteByHand = Readonly<{ member: Member; input: MemberInput }>

function write(state: State, audience: Audience, { member, input }: WriteByHand): Member {
  return accepted(update(state, audience, { existing: member, input, call: BY_HAND }))
}

/** The parts as a body of the API. A merge tag that the audience lacks is an error here: a test misspelled it. */
function inputOf(state: State, audience: Audience, { ...parts }: ContactParts & { email_address?: string }) {
  const unknown = unknownTags(audience, parts.merge_fields ?? {}, state.behaviour.mergeTagCase)
  if (unknown.length > 0) throw new Error(`The audience has no merge field ${unknown.join(', ')}.`)
  const input = readMemberInput(parts, { method: 'PUT', required: [], behaviour: state.behaviour })
  if (isProblem(input)) throw refusal(REFUSED, input)
  return input
}

function accepted(result: Member | Problem): Member {
  if (isProblem(result)) throw refusal(REFUSED, result)
  return result
}
