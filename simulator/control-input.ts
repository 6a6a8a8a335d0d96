import type { ContactAction } from './contact-actions.ts'
import type { FaultRule } from './faults.ts'
import { type Json, type JsonObject, isArray } from './json.ts'
import type { Latency } from './runtime.ts'
import { LIVE_STATUS, PERMISSIONS } from './seed-input.ts'
import {
  address,
  anything,
  check,
  count,
  type Check,
  demand,
  flag,
  listOf,
  object,
  objectOf,
  oneOf,
  text,
} from './shapes.ts'
import type { Behaviour } from './state.ts'
import { ACTIONS } from './statuses.ts'
import { TRIGGERS } from './triggers.ts'

const BARE = [...Object.keys(ACTIONS), 'remove', 'forget', 'delete', 'throttle', 'unthrottle']
const FORM = { do: text, merge_fields: object, tags: listOf(text), marketing_permissions: PERMISSIONS }

/** What each action takes beside its name. */
const ACTION_SHAPES: ReadonlyMap<string, Check> = new Map([
  ...BARE.map((name): readonly [string, Check] => [name, objectOf({ do: text })]),
  ['rename', objectOf({ do: text, to: address }, ['to'])],
  ['add', objectOf({ ...FORM, status: LIVE_STATUS })],
  ['edit', objectOf({ ...FORM, status: LIVE_STATUS })],
  ['sign_up', objectOf(FORM)],
])

/** `{"do": …}`, or `{"action": …}`, which says the same; undefined when the body asks for no action. */
export function readContactAction({ action, ...body }: JsonObject): ContactAction | undefined {
  const wanted = { ...body, do: body['do'] ?? action ?? '' }
  if (wanted.do === '') return undefined
  const shape = typeof wanted.do === 'string' ? ACTION_SHAPES.get(wanted.do) : undefined
  if (!shape) {
    const known = [...ACTION_SHAPES.keys()].join(', ')
    throw new Error(`${JSON.stringify(wanted.do)} is no action; known are ${known}.`)
  }
  demand(wanted, shape)
  // Checked part by part; TypeScript cannot follow that.
  return wanted as unknown as ContactAction
}

/** `{"ms": 300}` or `{"ms": [100, 500]}`. */
export function readLatency(body: JsonObject): Latency {
  const { ms } = body
  if (typeof ms === 'number' && ms >= 0) return ms
  if (isArray(ms) && typeof ms[0] === 'number' && typeof ms[1] === 'number') return [ms[0], ms[1]]
  throw new Error('"ms" must be milliseconds, or a list of the least and the most.')
}

/** The switches to throw, or an error that names those that do not exist or have no such position. */
export function readBehaviour(body: JsonObject): Partial<Behaviour> {
  demand(body, objectOf(BEHAVIOUR))
  return body
}

const BEHAVIOUR = {
  manyCompliance: oneOf('error', 'ignored'),
  manyStatusIfNew: oneOf('honoured', 'ignored'),
  batchPathQuery: oneOf('honoured', 'ignored'),
  batchQueue: oneOf('moves', 'stands'),
  nullMergeValue: oneOf('leaves', 'refused'),
  mergeTagCase: oneOf('exact', 'any'),
  renameUnsubscribed: oneOf('taken', 'refused'),
  archiveRefusal: oneOf('explained', 'contact_support'),
  archivedCountsAsNew: flag,
  allowExampleAddresses: flag,
} satisfies Record<keyof Behaviour, Check>

const MATCH = {
  method: text,
  path: text,
  path_pattern: text,
  contact: text,
  kind: text,
  account: text,
  body: text,
  batch: flag,
}

const FAULT = {
  status: check('a status from 200 to 599', value => typeof value === 'number' && value >= 200 && value <= 599),
  title: text,
  detail: text,
  errors: listOf(object),
  trigger: oneOf(...Object.keys(TRIGGERS)),
  edge: oneOf(403, 429, 502, 503),
  body: anything,
  html: text,
  headers: object,
  delay_ms: count,
  stall: flag,
  cut: oneOf('before', 'after', 'mid-answer'),
  truncate: count,
  apply: flag,
  apply_late_ms: count,
}

const RULE = objectOf(
  {
    id: text,
    match: objectOf(MATCH),
    count,
    after: count,
    rate: check('a share from 0 to 1', value => typeof value === 'number' && value >= 0 && value <= 1),
    seed: count,
    fault: objectOf(FAULT),
  },
  ['fault'],
)

/** The rule, or an error that names every part of it that is unknown or of the wrong form. */
export function readFaultRule(value: Json): FaultRule {
  demand(value, RULE)
  // Checked part by part; TypeScript cannot follow that.
  return value as unknown as FaultRule
}
