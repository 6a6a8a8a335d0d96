import { type Answer, noContent } from './answers.ts'
import type { Call } from './call.ts'
import type { JsonObject } from './json.ts'
import { memberView, timestamp } from './member-view.ts'
import { filtered, page } from './paging.ts'
import { type Problem, invalidFields } from './problems.ts'
import { type Audience, type Member, type State, newAudience, newAudienceId } from './state.ts'

export function listAudiences(state: State, call: Call): Answer | Problem {
  const visible = [...state.audiences.values()].filter(audience => isVisible(audience, call))
  const lists = page(visible, call.query).map(audience => audienceView(audience, call))
  const constraints = { may_create: true, max_instances: 100, current_total_instances: visible.length }
  return filtered({ lists, total_items: visible.length, constraints, _links: [] }, call)
}

/** An audience of another account is not there, as far as this key can tell. */
export function isVisible(audience: Audience, call: Pick<Call, 'key'>): boolean {
  return audience.account === undefined || audience.account === call.key.account
}

export function getAudience(_state: State, audience: Audience, call: Call): Answer | Problem {
  return filtered(audienceView(audience, call), call)
}

export function postAudience(state: State, call: Call): Answer | Problem {
  const { body } = call
  const required = ['name', 'contact', 'permission_reminder', 'campaign_defaults', 'email_type_option']
  const missing = required.filter(name => body[name] === undefined)
  if (missing.length > 0) {
    return invalidFields([{ field: '', message: `Required fields were not provided: ${missing.join(', ')}` }])
  }
  const audience = newAudience(state, newAudienceId(state), call.key.account)
  audience.name = typeof body['name'] === 'string' ? body['name'] : ''
  audience.doubleOptIn = body['double_optin'] === true
  state.audiences.set(audience.id, audience)
  return filtered(audienceView(audience, call), { query: new URLSearchParams() })
}

export function deleteAudience(state: State, audience: Audience): Answer {
  state.audiences.delete(audience.id)
  return noContent()
}

function audienceView(audience: Audience, { key, origin }: Call): JsonObject {
  return {
    id: audience.id,
    web_id: audience.webId,
    name: audience.name,
    contact: {
      company: 'Consent Relay Simulator',
      address1: '1 Simulated Street',
      address2: '',
      city: 'Atlanta',
      state: 'GA',
      zip: '30308',
      country: 'US',
      phone: '',
    },
    permission_reminder: 'You are receiving this email because you opted in.',
    use_archive_bar: true,
    campaign_defaults: {
      from_name: 'Simulator',
      from_email: 'simulator@freddiesjokes.com',
      subject: '',
      language: 'en',
    },
    notify_on_subscribe: '',
    notify_on_unsubscribe: '',
    date_created: timestamp(audience.createdAt),
    list_rating: 0,
    email_type_option: false,
    subscribe_url_short: `http://eepurl.com/${audience.id}`,
    subscribe_url_long: `https://simulated.${key.dataCentre}.list-manage.com/subscribe?id=${audience.id}`,
    beamer_address: `${key.dataCentre}-${audience.id}@inbound.mailchimp.com`,
    visibility: 'prv',
    double_optin: audience.doubleOptIn,
    has_welcome: false,
    marketing_permissions: audience.marketingPermissions.length > 0,
    modules: [],
    stats: audienceStats(audience),
    _links: [{ rel: 'self', href: `${origin}/3.0/lists/${audience.id}`, method: 'GET' }],
  }
}

function audienceStats(audience: Audience): JsonObject {
  const counts: Record<Member['status'], number> = {
    subscribed: 0,
    unsubscribed: 0,
    cleaned: 0,
    pending: 0,
    transactional: 0,
    archived: 0,
  }
  for (const member of audience.members.values()) counts[member.status] += 1
  return {
    member_count: counts.subscribed,
    total_contacts: audience.members.size - counts.archived,
    unsubscribe_count: counts.unsubscribed,
    cleaned_count: counts.cleaned,
    member_count_since_send: counts.subscribed,
    unsubscribe_count_since_send: counts.unsubscribed,
    cleaned_count_since_send: counts.cleaned,
    campaign_count: 0,
    campaign_last_sent: '',
    merge_field_count: audience.mergeFields.length,
    avg_sub_rate: 0,
    avg_unsub_rate: 0,
    target_sub_rate: 0,
    open_rate: 0,
    click_rate: 0,
    last_sub_date: '',
    last_unsub_date: '',
  }
}

/** The contacts of an audience. Archived ones only come when asked for by `status`. */
export function listMembers(_state: State, audience: Audience, call: Call): Answer | Problem {
  const members = [...audience.members.values()].filter(memberFilter(call.query))
  const sorted = sortMembers(members, call.query)
  const shown = page(sorted, call.query).map(member => memberView(audience, member))
  return filtered({ members: shown, list_id: audience.id, total_items: sorted.length, _links: [] }, call)
}

function memberFilter(query: URLSearchParams): (member: Member) => boolean {
  const statuses = query.get('status')?.split(',')
  const since = timeOf(query.get('since_last_changed'), -Infinity)
  const before = timeOf(query.get('before_last_changed'), Infinity)
  const uniqueEmailId = query.get('unique_email_id')
  return member => {
    if (statuses ? !statuses.includes(member.status) : member.status === 'archived') return false
    if (uniqueEmailId !== null && member.uniqueEmailId !== uniqueEmailId) return false
    return member.lastChanged >= since && member.lastChanged <= before
  }
}

function timeOf(text: string | null, otherwise: number): number {
  const parsed = text === null ? NaN : Date.parse(text)
  return Number.isNaN(parsed) ? otherwise : parsed
}

function sortMembers(members: readonly Member[], query: URLSearchParams): readonly Member[] {
  const direction = query.get('sort_dir') === 'DESC' ? -1 : 1
  switch (query.get('sort_field')) {
    case 'last_changed':
      return members.toSorted((a, b) => direction * (a.lastChanged - b.lastChanged))
    case 'timestamp_opt':
      return members.toSorted((a, b) => direction * compare(a.timestampOpt, b.timestampOpt))
    case 'timestamp_signup':
      return members.toSorted((a, b) => direction * compare(a.timestampSignup, b.timestampSignup))
    default:
      return direction === 1 ? members : members.toReversed()
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
