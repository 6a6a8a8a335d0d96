import { subscriberHash } from './addresses.ts'
import { findMember } from './contacts.ts'
import type { Json } from './json.ts'
import type { FieldError } from './problems.ts'
import { type Random, seededRandom } from './random.ts'
import type { Audience } from './state.ts'

/** What goes wrong. README.md says how the parts combine. */
export type Fault = Readonly<{
  /** Answers this status instead of doing the work, as a problem document unless `body` or `html` says otherwise. */
  status?: number
  title?: string
  detail?: string
  errors?: readonly FieldError[]
  /** One of the names of `X-Trigger-Error`. */
  trigger?: string
  /** The answer of the network in front of Mailchimp: never a problem document. */
  edge?: 403 | 429 | 502 | 503
  body?: Json
  html?: string
  headers?: Readonly<Record<string, string>>
  /** Longer processing, on top of the latency. */
  delay_ms?: number
  /** Never answers. */
  stall?: boolean
  cut?: 'before' | 'after' | 'mid-answer'
  /** Ends the answer after so many bytes, as if it were whole. */
  truncate?: number
  /** Does the work although the answer is scripted. */
  apply?: boolean
  /** Does the work so long after the client got its failure. */
  apply_late_ms?: number
}>

type FaultMatch = Readonly<{
  method?: string
  /** Part of the path, query included. */
  path?: string
  path_pattern?: string
  /** An address, its hash or a contact id: who the path or an `email_address` of the body names, however it does. */
  contact?: string
  kind?: string
  account?: string
  /** Part of the body's text. */
  body?: string
  /** `true` matches operations inside batches, and only those. */
  batch?: boolean
}>

export type FaultRule = Readonly<{
  id?: string
  match?: FaultMatch
  /** Fires so many times; without it, until it is removed. */
  count?: number
  /** Lets so many matching requests pass first. */
  after?: number
  /** Fires for this share of the matching requests, the same ones for the same `seed`. */
  rate?: number
  seed?: number
  fault: Fault
}>

type Suspect = Readonly<{
  method: string
  path: string
  segments: readonly string[]
  kind: string
  account: string
  body: string
  /** The audience that the path names, if there is one. */
  audience: Audience | undefined
  inBatch: boolean
}>

export type FaultReport = Readonly<{ id: string; seen: number; fired: number; rule: FaultRule }>

export type Faults = Readonly<{
  add: (rule: FaultRule) => string
  remove: (id: string) => boolean
  clear: () => void
  report: () => readonly FaultReport[]
  /** The first rule that matches and fires takes the request; the others do not even count it. */
  pick: (suspect: Suspect) => Readonly<{ id: string; fault: Fault }> | undefined
}>

type Armed = {
  readonly id: string
  readonly rule: FaultRule
  readonly matches: (suspect: Suspect) => boolean
  readonly random: Random
  seen: number
  fired: number
}

export function createFaults(): Faults {
  let armed: readonly Armed[] = []
  let made = 0
  return {
    add(rule) {
      made += 1
      const id = rule.id ?? `fault-${made}`
      const random = seededRandom(rule.seed ?? 1)
      armed = [...armed, { id, rule, matches: matcher(rule.match ?? {}), random, seen: 0, fired: 0 }]
      return id
    },
    remove(id) {
      const before = armed.length
      armed = armed.filter(entry => entry.id !== id)
      return armed.length < before
    },
    clear() {
      armed = []
    },
    report: () => armed.map(({ id, seen, fired, rule }) => ({ id, seen, fired, rule })),
    pick(suspect) {
      if (armed.length === 0) return undefined
      const taker = armed.find(entry => entry.matches(suspect) && fires(entry))
      return taker && { id: taker.id, fault: taker.rule.fault }
    },
  }
}

function fires(entry: Armed): boolean {
  const { rule } = entry
  if (rule.count !== undefined && entry.fired >= rule.count) return false
  entry.seen += 1
  if (entry.seen <= (rule.after ?? 0)) return false
  if (rule.rate !== undefined && entry.random() >= rule.rate) return false
  entry.fired += 1
  return true
}

function matcher(match: FaultMatch): (suspect: Suspect) => boolean {
  const pattern = match.path_pattern === undefined ? undefined : new RegExp(match.path_pattern)
  const contact = match.contact === undefined ? undefined : hashOf(match.contact)
  return suspect =>
    suspect.inBatch === (match.batch ?? false) &&
    (match.method === undefined || suspect.method === match.method.toUpperCase()) &&
    (match.kind === undefined || suspect.kind === match.kind) &&
    (match.account === undefined || suspect.account === match.account) &&
    (match.path === undefined || suspect.path.includes(match.path)) &&
    (match.body === undefined || suspect.body.includes(match.body)) &&
    (pattern === undefined || pattern.test(suspect.path)) &&
    (contact === undefined || isAbout(suspect, contact))
}

/** Compared by every name a contact has at this moment: a rule for an address hits a path with the contact id, too. */
function isAbout({ segments, body, audience }: Suspect, contact: string): boolean {
  const inPath = segments[2] === 'members' ? segments.slice(3, 4) : []
  const inBody = [...body.matchAll(/"email_address"\s*:\s*"([^"]+)"/g)].map(([, address = '']) => address)
  return [...inPath, ...inBody].some(name => {
    if (hashOf(name) === contact) return true
    const member = audience && findMember(audience, name)
    return member !== undefined && (member.id === contact || member.contactId === contact)
  })
}

function hashOf(name: string): string {
  return name.includes('@') ? subscriberHash(name) : name.toLowerCase()
}
