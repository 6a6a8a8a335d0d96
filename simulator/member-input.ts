import { isIP } from 'node:net'
import { type Json, type JsonObject, isArray, isObject } from './json.ts'
import { type FieldError, type Problem, invalidFields, wrongType } from './problems.ts'
import type { Behaviour, LiveStatus } from './state.ts'

/** A body for one member that passed the schema; `undefined` is what the caller did not send. */
export type MemberInput = Readonly<{
  emailAddress: string | undefined
  status: LiveStatus | undefined
  statusIfNew: LiveStatus | undefined
  emailType: string | undefined
  mergeFields: JsonObject
  marketingPermissions: Readonly<Record<string, boolean>>
  ipSignup: string | undefined
  ipOpt: string | undefined
  timestampSignup: string | undefined
  timestampOpt: string | undefined
  language: string | undefined
  vip: boolean | undefined
  location: Readonly<{ latitude: number; longitude: number }> | undefined
  tags: readonly string[] | undefined
}>

const STATUSES: readonly LiveStatus[] = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional']
/** PATCH does not list `transactional` in Mailchimp's own description. */
const PATCH_STATUSES = STATUSES.filter(status => status !== 'transactional')

const STRINGS = ['email_address', 'email_type', 'language', 'ip_signup', 'ip_opt', 'timestamp_signup', 'timestamp_opt']

type Rules = Readonly<{ method: string; required: readonly string[]; behaviour: Behaviour }>

/** The body as a member, or every fault of its shape at once, in the words of Mailchimp's validator. */
export function readMemberInput(body: JsonObject, rules: Rules): MemberInput | Problem {
  const errors = memberErrors(body, rules)
  if (errors.length > 0) return invalidFields(errors)
  const location = isObject(body['location']) ? body['location'] : undefined
  return {
    emailAddress: text(body['email_address'])?.trim(),
    status: status(body['status']),
    statusIfNew: status(body['status_if_new']),
    emailType: text(body['email_type']),
    mergeFields: isObject(body['merge_fields']) ? body['merge_fields'] : {},
    marketingPermissions: permissions(body['marketing_permissions']),
    ipSignup: text(body['ip_signup']),
    ipOpt: text(body['ip_opt']),
    timestampSignup: time(body['timestamp_signup']),
    timestampOpt: time(body['timestamp_opt']),
    language: text(body['language']),
    vip: typeof body['vip'] === 'boolean' ? body['vip'] : undefined,
    location: location && { latitude: numberOr0(location['latitude']), longitude: numberOr0(location['longitude']) },
    tags: isArray(body['tags']) ? body['tags'].flatMap(tagName) : undefined,
  }
}

export function memberErrors(body: JsonObject, rules: Rules): readonly FieldError[] {
  const missing = rules.required.filter(name => typeof body[name] !== 'string')
  const statuses = rules.method === 'PATCH' ? PATCH_STATUSES : STATUSES
  return [
    ...(missing.length > 0 ? [{ field: '', message: `Required fields were not provided: ${missing.join(', ')}` }] : []),
    ...STRINGS.flatMap(name => typeError(body, name, 'string')),
    ...typeError(body, 'vip', 'boolean'),
    ...['merge_fields', 'interests', 'location'].flatMap(name => typeError(body, name, 'object')),
    ...['marketing_permissions', 'tags'].flatMap(name => typeError(body, name, 'array')),
    ...['status', 'status_if_new'].flatMap(name => statusError(body, name, statuses)),
    ...['ip_signup', 'ip_opt'].flatMap(name => ipError(body, name)),
    ...['timestamp_signup', 'timestamp_opt'].flatMap(name => timeError(body, name)),
    ...mergeFieldErrors(body['merge_fields'], rules.behaviour),
    ...interestErrors(body['interests']),
  ]
}

function typeError(body: JsonObject, field: string, type: string): readonly FieldError[] {
  return wrongType(body[field], field, type)
}

function statusError(body: JsonObject, field: string, accepted: readonly string[]): readonly FieldError[] {
  const value = body[field]
  if (value === undefined) return []
  if (typeof value !== 'string') return typeError(body, field, 'string')
  if (accepted.includes(value)) return []
  return [{ field, message: `Data presented is not one of the accepted values: ${accepted.join(', ')}` }]
}

function ipError(body: JsonObject, field: string): readonly FieldError[] {
  const value = body[field]
  if (typeof value !== 'string' || value === '' || isIP(value) !== 0) return []
  return [{ field, message: 'This value should be a valid IP address.' }]
}

function timeError(body: JsonObject, field: string): readonly FieldError[] {
  const value = body[field]
  if (typeof value !== 'string' || value === '' || time(value) !== undefined) return []
  return [{ field, message: 'This value is not a valid datetime.' }]
}

/** `string | number | address object`, no boolean: anything else fails the schema, whatever the field's type is. */
function mergeFieldErrors(value: Json | undefined, behaviour: Behaviour): readonly FieldError[] {
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([tag, entry]) => {
    if (fitsAnyOf(entry, behaviour)) return []
    return [{ field: `merge_fields.${tag}`, message: 'Data did not match any of the schemas described in anyOf.' }]
  })
}

function fitsAnyOf(value: Json, behaviour: Behaviour): boolean {
  if (typeof value === 'string' || typeof value === 'number') return true
  if (value === null) return behaviour.nullMergeValue === 'leaves'
  if (!isObject(value)) return false
  const strings = Object.values(value).every(part => typeof part === 'string')
  return strings && ['addr1', 'city', 'state', 'zip'].every(part => part in value)
}

/** This audience has no groups, so every interest id is unknown to it. */
function interestErrors(value: Json | undefined): readonly FieldError[] {
  if (!isObject(value)) return []
  return Object.keys(value).map(id => ({ field: `interests.${id}`, message: `Invalid interest ID: '${id}'.` }))
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function status(value: Json | undefined): LiveStatus | undefined {
  return STATUSES.find(known => known === value)
}

function numberOr0(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0
}

function permissions(value: Json | undefined): Readonly<Record<string, boolean>> {
  if (!isArray(value)) return {}
  const pairs = value
    .filter(isObject)
    .map(entry => [text(entry['marketing_permission_id']) ?? '', entry['enabled'] === true])
  return Object.fromEntries(pairs) as Record<string, boolean>
}

/** A tag may be sent as its name or as `{name, status}` (POST of a member documents names). */
function tagName(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  return isObject(value) && typeof value['name'] === 'string' && value['status'] !== 'inactive' ? [value['name']] : []
}

/** ISO 8601, or `YYYY-MM-DD HH:MM:SS` in UTC; kept as Mailchimp returns it. */
function time(value: Json | undefined): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  const plain = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(value) ? `${value.replace(' ', 'T')}Z` : value
  const parsed = Date.parse(plain)
  return Number.isNaN(parsed) ? undefined : `${new Date(parsed).toISOString().slice(0, 19)}+00:00`
}
