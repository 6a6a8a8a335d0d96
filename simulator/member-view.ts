import type { JsonObject } from './json.ts'
import type { Audience, Member, MergeValue } from './state.ts'

/** Mailchimp writes times to the second, with an offset: `2021-11-23T22:51:57+00:00`. */
export function timestamp(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+00:00`
}

/** A member as Mailchimp shows it, without `_links`. */
export function memberView(audience: Audience, member: Member): JsonObject {
  return {
    id: member.id,
    email_address: member.emailAddress,
    unique_email_id: member.uniqueEmailId,
    contact_id: member.contactId,
    full_name: fullName(member),
    web_id: member.webId,
    email_type: member.emailType,
    status: member.status,
    ...(member.status === 'unsubscribed' ? { unsubscribe_reason: member.unsubscribeReason ?? '' } : {}),
    consents_to_one_to_one_messaging: true,
    merge_fields: mergeFieldsView(audience, member),
    stats: { avg_open_rate: 0, avg_click_rate: 0 },
    ip_signup: member.ipSignup,
    timestamp_signup: member.timestampSignup,
    ip_opt: member.ipOpt,
    timestamp_opt: member.timestampOpt,
    member_rating: 2,
    last_changed: timestamp(member.lastChanged),
    language: member.language,
    vip: member.vip,
    email_client: '',
    location: {
      latitude: member.latitude,
      longitude: member.longitude,
      gmtoff: 0,
      dstoff: 0,
      country_code: '',
      timezone: '',
    },
    ...permissionsView(audience, member),
    source: 'API - Generic',
    tags_count: member.tags.length,
    tags: member.tags.map(({ id, name }) => ({ id, name })),
    list_id: audience.id,
  }
}

function fullName({ mergeValues }: Member): string {
  const names = [mergeValues['FNAME'], mergeValues['LNAME']]
  return names.flatMap(name => (typeof name === 'string' && name !== '' ? [name] : [])).join(' ')
}

/** Every tag of the audience is there; one that is not set reads `""` (recorded). */
function mergeFieldsView(audience: Audience, member: Member): Readonly<Record<string, MergeValue>> {
  const view: Record<string, MergeValue> = {}
  for (const field of audience.mergeFields) view[field.tag] = member.mergeValues[field.tag] ?? ''
  return view
}

function permissionsView(audience: Audience, member: Member): JsonObject {
  if (audience.marketingPermissions.length === 0) return {}
  const shown = audience.marketingPermissions.map(({ id, text }) => {
    return { marketing_permission_id: id, text, enabled: member.marketingPermissions[id] ?? false }
  })
  return { marketing_permissions: shown }
}

/** The member as `POST /lists/{id}` shows it, which describes fewer fields. */
export function briefMemberJson(audience: Audience, member: Member): string {
  const {
    full_name: _name,
    web_id: _webId,
    source: _source,
    consents_to_one_to_one_messaging: _consents,
    unsubscribe_reason: _reason,
    marketing_permissions: _permissions,
    ...brief
  } = memberView(audience, member)
  return JSON.stringify({ ...brief, _links: [] })
}

/** The whole member as text. The ten links are pasted in: serialising them would cost more than all the rest. */
export function memberJson(audience: Audience, member: Member, origin: string): string {
  const body = JSON.stringify(memberView(audience, member))
  return `${body.slice(0, -1)},"_links":${memberLinks(audience.id, member.id, origin)}}`
}

type Link = readonly [rel: string, method: string, path: string, schema: string]

const MEMBER_LINKS: readonly Link[] = [
  ['self', 'GET', '', '/Instance.json'],
  ['update', 'PATCH', '', '/Instance.json'],
  ['upsert', 'PUT', '', '/Instance.json'],
  ['delete', 'DELETE', '', ''],
  ['activity', 'GET', '/activity', '/Activity/Collection.json'],
  ['goals', 'GET', '/goals', '/Goals/Collection.json'],
  ['notes', 'GET', '/notes', '/Notes/Collection.json'],
  ['events', 'POST', '/events', '/Events/POST.json'],
  ['delete_permanent', 'POST', '/actions/delete-permanent', ''],
]

function memberLinks(list: string, member: string, origin: string): string {
  const members = `${origin}/3.0/lists/${list}/members`
  const schema = `${origin}/schema/3.0/Definitions/Lists/Members`
  let links = `[${link('parent', 'GET', members, `${schema}/CollectionResponse.json`)}`
  for (const [rel, method, path, name] of MEMBER_LINKS) {
    links += `,${link(rel, method, `${members}/${member}${path}`, name && `${schema}${name}`)}`
  }
  return `${links}]`
}

/** One entry of `_links` as text; its parts never hold a character that JSON would escape. */
function link(rel: string, method: string, href: string, targetSchema: string): string {
  const start = `{"rel":"${rel}","href":"${href}","method":"${method}"`
  return targetSchema ? `${start},"targetSchema":"${targetSchema}"}` : `${start}}`
}
