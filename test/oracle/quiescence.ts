import { textIn } from './json.ts'
import { personOf } from './lives.ts'
import { type Asked } from './contacts.ts'
import { type Received } from './record.ts'
import { requiredOf, type Required } from './required.ts'
import { type Write } from './writes.ts'

export type Debt = {
  readonly integration_id: string
  readonly person: string
  readonly status: string
  readonly reason: string | null
}

/** What happened at Mailchimp beside our requests, as far as it bears on what we must have written. */
export type Beside = {
  /** A merge field made anew: what was written under its tag before that time is gone. */
  readonly remade: readonly { readonly audience: string; readonly tag: string; readonly at: number }[]
  readonly renamed: readonly Renaming[]
}

export type Renaming = {
  readonly audience: string
  readonly contactId: string
  readonly from: string
  readonly to: string
  readonly at: number
  /** The contact is still there, under whatever address. */
  readonly isThere: boolean
}

/** All that the oracle looks at when nothing waits any more. */
export type Witness = {
  readonly received: readonly Received[]
  readonly writes: readonly Write[]
  /** Those enabled now, paused ones too. */
  readonly asked: readonly Asked[]
  /** Those disabled or removed: only what was under way then is still asked of them (R22). */
  readonly owing: readonly Asked[]
  readonly debts: readonly Debt[]
  readonly beside: Beside
  /** Whether each choice must have left after it was received, a repeated one, too (R21, I19). */
  readonly everyStatement: boolean
  /** When the document or the feed of an integration was last changed. */
  readonly changed: ReadonlyMap<string, number>
}

export type Wrong = {
  readonly breaks: 'I18' | 'I19' | 'I20' | 'I22' | 'R16c' | 'R19' | 'R20' | 'R21' | 'R22' | 'R25'
  readonly integration: string
  readonly contact: string
  readonly persons: readonly string[]
  readonly tag: string
  readonly expected: string
  readonly found: string
  readonly because: string
}

export type Finding = { readonly wrongs: readonly Wrong[]; readonly checked: number; readonly excused: number }

/** I18, I19 and I20 over every contact of every integration, against what all facts give with nothing believed. */
export function judge(witness: Witness): Finding {
  const required = witness.asked.flatMap(asked => requiredOf(witness.received, asked)).map(at(witness))
  const judged = required.map(one => wrongOf(one, witness))
  return {
    wrongs: [
      ...judged.flatMap(each => (each === undefined || each === 'excused' ? [] : [each])),
      ...witness.owing.flatMap(owing => requiredOf(witness.received, owing).flatMap(windowLeftOpen(witness, owing))),
      ...wrongPuts(witness),
      ...wrongStatuses(witness),
      ...stillWaiting(witness),
      ...filledTwice(witness),
    ],
    checked: judged.length,
    excused: judged.filter(each => each === 'excused').length,
  }
}

type Placed = Required & { readonly renaming: Renaming | undefined }

/** R16e: of a contact that was renamed, denials go where it is now, and grants only for who names that address. */
const at =
  ({ beside, writes }: Witness) =>
  (required: Required): Placed => {
    const { audience, contact } = required
    const away = beside.renamed.findLast(each => each.audience === audience && each.from === contact)
    const here = beside.renamed.findLast(each => each.audience === audience && each.to === contact)
    const renaming = away ?? here
    if (!renaming) return { ...required, renaming }
    const knew = writes.some(({ contactId, isConfirmed }) => contactId === renaming.contactId && isConfirmed)
    const denies = required.values.length === 1 && required.values[0] === 'false'
    const isFree = away ? !knew || !denies : true
    const values = away || required.isList ? required.values : [...new Set([...required.values, 'false'])]
    return { ...required, values, renaming, ...(isFree ? { mayBeUnwritten: true, decided: undefined } : {}) }
  }

const isAbout =
  ({ audience, contact, renaming }: Placed) =>
  (write: Write): boolean =>
    write.audience === audience &&
    (renaming ? write.contactId === renaming.contactId || write.hash === contact : write.hash === contact)

function wrongOf(required: Placed, witness: Witness): Wrong | 'excused' | undefined {
  const { tag, values, mayBeUnwritten, decided, isList } = required
  const since = lastRemade(required, witness)
  const about = witness.writes.filter(isAbout(required))
  const carrying = about.filter(write => write.values[tag] !== undefined && write.arrivedAt >= since)
  const confirmed = carrying.filter(({ isConfirmed }) => isConfirmed)
  const last = confirmed.at(-1)
  const fits = (write: Write): boolean => values.some(value => isSame(write.values[tag] ?? '', value, isList))
  const wrong = (breaks: Wrong['breaks'], found: string): Wrong | 'excused' => {
    const debts = debtsOf(required, witness)
    if (debts.some(debt => isExcuse(debt, required, about.at(-1)))) return 'excused'
    if (isNobodys(required) && isAbsent(about.at(-1), required)) return 'excused'
    const dead = debts.find(({ status }) => status === 'dead')
    return dead ? described(required, 'R25', `${found}; dead: ${dead.reason}`) : described(required, breaks, found)
  }

  if (values.length === 0) return grantedByNobody(required, last, witness) ? wrong('I20', 'true') : undefined
  if (!last) return mayBeUnwritten ? undefined : wrong('I18', 'nothing written')
  if (!fits(last) && isLeftBehind(required, last, witness)) return 'excused'
  if (!fits(last) && !(mayBeUnwritten && required.renaming)) return wrong('I18', last.values[tag] ?? '')
  const newest = appliedLast(carrying)
  if (newest && !fits(newest) && !required.renaming) return wrong('I18', `${newest.values[tag]}, applied late`)
  if (
    witness.everyStatement &&
    decided &&
    !confirmed.some(write => write.arrivedAt >= decided.receivedAt && fits(write))
  )
    return wrong(decided.denies ? 'I19' : 'R21', 'no confirmed request that left after it was received')
  return undefined
}

const appliedLast = (writes: readonly Write[]): Write | undefined =>
  writes
    .filter(({ appliedAt }) => appliedAt !== undefined)
    .toSorted((a, b) => (a.appliedAt ?? 0) - (b.appliedAt ?? 0) || a.n - b.n)
    .at(-1)

/** How long a request of unknown outcome may still be applied (R22). */
const WINDOW = 130_000

/** R22: a window outlives a disabled or removed integration: what was applied late in it is asserted over. */
const windowLeftOpen =
  ({ writes, asked, received }: Witness, owing: Asked) =>
  (required: Required): readonly Wrong[] => {
    const { audience, contact, tag, values } = required
    const isFilled = asked.some(each => each.audience === audience && each.mappings.some(({ id }) => id === tag))
    const own = writes.filter(write => write.audience === audience && write.hash === contact)
    const newest = appliedLast(own.filter(write => write.values[tag] !== undefined))
    if (isFilled || !newest || newest.isConfirmed || newest.values[tag] !== 'true' || values.includes('true')) return []
    // What came after the window is no affair of an integration that was switched off.
    const end = (newest.appliedAt ?? 0) + WINDOW
    const known = requiredOf(
      received.filter(each => each.at <= end),
      owing,
    )
    const then = known.find(each => each.contact === contact && each.tag === tag)
    if (!then || then.values.includes('true')) return []
    return [described({ ...required, renaming: undefined }, 'R22', 'true, applied late, and never asserted over')]
  }

const lastRemade = ({ audience, tag }: Required, { beside }: Witness): number =>
  Math.max(
    -Infinity,
    ...beside.remade.filter(each => each.audience === audience && each.tag === tag).map(each => each.at),
  )

/** I20; what an older document wrote is left behind, and its change says so beforehand (R6c, R16f). */
function grantedByNobody({ tag, integration, why }: Required, last: Write | undefined, { changed }: Witness): boolean {
  if (last?.values[tag] !== 'true' || why !== 'never stated') return false
  // What was under way when it was changed arrived at that same moment.
  return last.arrivedAt > (changed.get(integration) ?? -Infinity)
}

/** R16f: nobody names it by the document and feed of now, and it was written by an older one, whose change writes nothing. */
const isLeftBehind = ({ persons, leftAt, integration }: Required, last: Write, { changed }: Witness): boolean => {
  const changedAt = changed.get(integration) ?? -Infinity
  return persons.length === 0 && leftAt <= changedAt && last.arrivedAt <= changedAt
}

const isSame = (one: string, other: string, isList: boolean): boolean =>
  isList ? sorted(one) === sorted(other) : one === other

const sorted = (list: string): string => list.split(',').toSorted().join(',')

/** Of who names it; or else of who left it, whose debts answer for it (R16f). */
const debtsOf = ({ integration, persons, leavers }: Required, { debts }: Witness): readonly Debt[] => {
  const answering = persons.length > 0 ? persons : leavers
  return debts.filter(
    debt => debt.integration_id === integration && answering.includes(personOf(debt.person) ?? debt.person),
  )
}

/** No debt is left of whom a contact was left by. */
const isNobodys = ({ persons }: Required): boolean => persons.length === 0

/** It was asked for after the newest that was said of it, and is not there. */
const isAbsent = (last: Write | undefined, { decided }: Required): boolean =>
  last?.status === 404 && last.arrivedAt >= (decided ? decided.receivedAt : 0)

/** The debt is open, or ended with a reason that is shown and that what Mailchimp answered bears out. */
function isExcuse({ status, reason }: Debt, { values, renaming }: Placed, last: Write | undefined): boolean {
  if (status === 'held') return reason !== null
  // A contact that took a write of ours is looked for by its id, wherever it is (R16e).
  if (status === 'skipped' && renaming?.isThere === true) return false
  if (status === 'skipped') return (reason === 'no_such_contact' || reason === 'contact_gone') && last?.status === 404
  if (status === 'dead')
    return reason !== null && (!values.includes('false') || isFinal(last) || isForgotten(reason, last))
  return false
}

/** Faults whose name begins so are answers of the table that nothing can help (R25). */
export const FINAL = 'final'

const isFinal = (write: Write | undefined): boolean => write?.fault?.startsWith(FINAL) === true

/** Mailchimp takes nothing any more for a contact that was deleted for good there, as its 400 says. */
const isForgotten = (reason: string | null, write: Write | undefined): boolean =>
  reason === 'forgotten' && write?.status === 400

/** R19: a PUT only for a contact that never took a write, and no status on an update. */
function wrongPuts({ writes }: Witness): readonly Wrong[] {
  return writes.flatMap((write, index) => {
    const { method, audience, hash, contactId, body } = write
    const isNamed = typeof body === 'object' && body !== null && 'status' in body
    const tookBefore = writes
      .slice(0, index)
      .some(
        each =>
          each.audience === audience &&
          each.isConfirmed &&
          !each.isForgotten &&
          each.contactId === contactId &&
          each.hash === hash,
      )
    const found = isNamed
      ? 'a status'
      : method === 'PUT' && contactId !== undefined && tookBefore
        ? 'a second PUT'
        : undefined
    if (found === undefined) return []
    const nowhere = { integration: '', persons: [], tag: '' }
    return [{ ...nowhere, breaks: 'R19', contact: hash, expected: 'a PATCH of merge fields', found, because: 'R19' }]
  })
}

/** R20: a refusal never creates a subscriber. */
const wrongStatuses = ({ writes }: Witness): readonly Wrong[] =>
  writes.flatMap(({ body, hash, values }) => {
    const status = textIn(body, 'status_if_new') ?? 'transactional'
    if (status === 'transactional' || !Object.values(values).includes('false')) return []
    const nowhere = { integration: '', persons: [], tag: '', because: 'R20' }
    return [{ ...nowhere, breaks: 'R20', contact: hash, expected: 'transactional', found: status } as const]
  })

/** R16c: one merge tag of one audience is filled by one integration that is enabled. */
const filledTwice = ({ asked }: Witness): readonly Wrong[] =>
  asked.flatMap((one, index) =>
    one.mappings.flatMap(({ id: tag }) => {
      const fillers = asked.filter(each => each.audience === one.audience && each.mappings.some(({ id }) => id === tag))
      if (fillers.length < 2 || fillers[0] !== asked[index]) return []
      const found = `filled by ${fillers.length}`
      const nobody = { contact: '', persons: [], because: 'R16c' }
      return [{ ...nobody, breaks: 'R16c', integration: one.id, tag, expected: 'filled by one', found } as const]
    }),
  )

/** I22: when everything is well again, and its time has passed, nothing waits. */
const stillWaiting = ({ debts }: Witness): readonly Wrong[] =>
  debts
    .filter(({ status }) => status === 'waiting' || status === 'sending')
    .map(({ integration_id, person, status, reason }) => ({
      breaks: 'I22',
      integration: integration_id,
      contact: '',
      persons: [person],
      tag: '',
      expected: 'settled',
      found: `${status}: ${reason}`,
      because: 'still waiting',
    }))

const described = (required: Placed, breaks: Wrong['breaks'], found: string): Wrong => ({
  breaks,
  integration: required.integration,
  contact: required.contact,
  persons: required.persons,
  tag: required.tag,
  expected: required.values.map(value => JSON.stringify(value)).join(' or ') || 'not "true"',
  found,
  because: required.why,
})
