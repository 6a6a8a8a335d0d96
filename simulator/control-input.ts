import type { ContactAction } from './control.ts'
import type { FaultRule } from './faults.ts'
import { type Json, type JsonObject, isArray, isObject } from './json.ts'
import type { Latency } from './runtime.ts'
import type { KeySeed } from './seed.ts'
import type { Behaviour, KeyState } from './state.ts'
import { ACTIONS } from './statuses.ts'
import { TRIGGERS } from './triggers.ts'

export function isContactAction(value: Json): value is ContactAction {
  const known = [...Object.keys(ACTIONS), 'forget', 'throttle', 'unthrottle', 'remove']
  return typeof value === 'string' && known.includes(value)
}

/** A key with what it may do; an existing one is replaced. */
export function readKeySeed(body: JsonObject): KeySeed {
  const { key, account, role, state } = body
  if (typeof key !== 'string') throw new Error('"key" must be a string.')
  const known: readonly KeyState[] = ['active', 'disabled', 'deactivated', 'api_disabled', 'unpaid']
  const keyState = known.find(name => name === state)
  if (state !== undefined && keyState === undefined) throw new Error(`"state" must be one of ${known.join(', ')}.`)
  return {
    key,
    ...(typeof account === 'string' ? { account } : {}),
    ...(typeof role === 'string' ? { role } : {}),
    ...(keyState ? { state: keyState } : {}),
  }
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
  const problems = wrongParts(body, BEHAVIOUR_PARTS, '')
  if (problems.length > 0) throw new Error(`Unknown or malformed: ${problems.join(', ')}.`)
  return body
}

const TEXT = (value: Json) => typeof value === 'string'
const COUNT = (value: Json) => typeof value === 'number' && value >= 0
const FLAG = (value: Json) => typeof value === 'boolean'

const RULE_PARTS = {
  id: TEXT,
  match: isObject,
  count: COUNT,
  after: COUNT,
  rate: (value: Json) => typeof value === 'number' && value >= 0 && value <= 1,
  seed: COUNT,
  fault: isObject,
}

const MATCH_PARTS = {
  method: TEXT,
  path: TEXT,
  path_pattern: TEXT,
  contact: TEXT,
  kind: TEXT,
  account: TEXT,
  body: TEXT,
  batch: FLAG,
}

const FAULT_PARTS = {
  status: (value: Json) => typeof value === 'number' && value >= 200 && value <= 599,
  title: TEXT,
  detail: TEXT,
  errors: isArray,
  trigger: (value: Json) => typeof value === 'string' && value in TRIGGERS,
  edge: (value: Json) => [403, 429, 502, 503].some(status => status === value),
  body: () => true,
  html: TEXT,
  headers: isObject,
  delay_ms: COUNT,
  stall: FLAG,
  cut: (value: Json) => ['before', 'after', 'mid-answer'].some(moment => moment === value),
  truncate: COUNT,
  apply: FLAG,
  apply_late_ms: COUNT,
}

const BEHAVIOUR_PARTS = {
  manyCompliance: (value: Json) => value === 'error' || value === 'ignored',
  manyStatusIfNew: (value: Json) => value === 'honoured' || value === 'ignored',
  batchPathQuery: (value: Json) => value === 'honoured' || value === 'ignored',
  batchQueue: (value: Json) => value === 'moves' || value === 'stands',
  nullMergeValue: (value: Json) => value === 'leaves' || value === 'refused',
  archivedCountsAsNew: FLAG,
  allowExampleAddresses: FLAG,
} satisfies Record<keyof Behaviour, (value: Json) => boolean>

type Parts = Readonly<Record<string, (value: Json) => boolean>>

/** The rule, or an error that names every part of it that is unknown or of the wrong form. */
export function readFaultRule(value: Json): FaultRule {
  if (!isObject(value)) throw new Error('A fault rule must be a JSON object.')
  const problems = [
    ...wrongParts(value, RULE_PARTS, ''),
    ...(isObject(value['match']) ? wrongParts(value['match'], MATCH_PARTS, 'match.') : []),
    ...(isObject(value['fault']) ? wrongParts(value['fault'], FAULT_PARTS, 'fault.') : ['fault']),
  ]
  if (problems.length > 0) throw new Error(`Unknown or malformed in the fault rule: ${problems.join(', ')}.`)
  // Checked part by part above; TypeScript cannot follow that.
  return value as unknown as FaultRule
}

function wrongParts(value: JsonObject, parts: Parts, prefix: string): readonly string[] {
  return Object.entries(value)
    .filter(([name, part]) => !parts[name]?.(part))
    .map(([name]) => prefix + name)
}
