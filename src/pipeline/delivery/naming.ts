import { type Fact } from '../../domain/fact.ts'
import { mayShareContacts } from '../../domain/naming.ts'
import { type ContactRef } from '../../domain/person.ts'
import { feedFor } from '../../domain/standing.ts'
import { personFrom, togetherOf, voicesOf, type Leaver, type Person, type Together } from '../../domain/together.ts'
import { isTooMuch, NOTHING_TOLD, plus } from '../../domain/weight.ts'
import { contactKey } from '../../mailchimp/address.ts'
import { debtKey, type DebtKey } from '../../store/debts/delivery-columns.ts'
import { oweThese, PRIORITY } from '../../store/debts/deliveries.ts'
import { doubtsOf } from '../../store/debts/due-debts.ts'
import { keepNamings, lockNaming, namedContactKey, namingsAt, type Namer } from '../../store/contacts/naming.ts'
import { type Sql } from '../../store/engine/database.ts'
import { erasedByOf } from '../../store/ledger/erasures.ts'
import { factsOf, weightsOf } from '../../store/ledger/facts.ts'
import { personKey } from '../../store/ledger/source-person.ts'
import { type Integration } from '../../store/settings/integrations.ts'

/** What of an integration says how persons are folded. */
type Through = Pick<Integration, 'id' | 'sourceId' | 'feed' | 'settings'>

type Folded = { readonly through: Through; readonly of: Person }

type KnownOf = { readonly person: string; readonly facts: readonly Fact[]; readonly erasedBy: number | undefined }

/** What an integration makes of the facts of a person. */
export const foldedBy = (through: Through, { facts, ...of }: KnownOf): Folded => ({
  through,
  of: personFrom({ ...of, facts, feed: feedFor(through.feed, facts), settings: through.settings }),
})

/** The contacts that a debt answers for: the one that its person names, and those that they named before (R16f). */
type Answering = {
  readonly own: Together
  readonly left: readonly (Together & { readonly contact: ContactRef })[]
  /** By person of these contacts, since which revision of their debt what it wrote is believed. */
  readonly doubts: ReadonlyMap<string, number>
  /** Its person is being erased (R34). */
  readonly isErased: boolean
}

const mayShare = ({ through }: Folded): boolean => mayShareContacts(through.settings.options.match)

const keyOf = ({ through, of: { person } }: Folded): DebtKey => ({ integrationId: through.id, person })

function namingsIn(each: Folded): Namer[] {
  const { now, left } = each.of.naming
  const { naming, left: gone } = voicesOf(each.of)
  const named = now ? [{ contact: now, leftAt: naming.length > 0 ? undefined : gone[0]?.leftAt }] : []
  return [...named, ...left].map(({ contact, leftAt }) => ({ ...keyOf(each), alias: contactKey(contact), leftAt }))
}

/** Who names the contacts of these persons, or named them before. */
export async function whoNames(sql: Sql, folded: readonly Folded[]): Promise<Namer[]> {
  return namingsAt(sql, folded.filter(mayShare).flatMap(namingsIn))
}

/**
 * R16f: keeps who names what by the facts as they are now, and owes the others of each contact that a person began or
 * ceased to name. Gives who names the contacts of these persons.
 */
export async function keepNaming(tx: Sql, folded: readonly Folded[], now: number): Promise<readonly Namer[]> {
  const wanted = folded.filter(mayShare).flatMap(namingsIn)
  const known = await namingsAt(tx, wanted)
  const before = new Set(known.map(textOf))
  const changed = wanted.filter(row => !before.has(textOf(row)))
  if (changed.length === 0) return known
  await lockNaming(tx, [...new Set(changed.map(({ integrationId }) => integrationId))])
  await keepNamings(
    tx,
    changed.map(row => (row.leftAt === undefined ? row : { ...row, leftAt: Math.min(row.leftAt, now) })),
  )
  const after = await namingsAt(tx, wanted)
  const contacts = new Set(changed.map(namedContactKey))
  const deciding = new Set(folded.map(each => debtKey(keyOf(each))))
  const others = after.filter(row => contacts.has(namedContactKey(row)) && !deciding.has(debtKey(row)))
  // What another person stated concerns their contact (R16b).
  if (others.length > 0) await oweThese(tx, uniqueKeys(others), { at: now, priority: PRIORITY.live })
  return after
}

/** The facts say when a person left; here it matters whether they did. */
const textOf = ({ integrationId, person, alias, leftAt }: Namer): string =>
  JSON.stringify([integrationId, person, alias, leftAt === undefined])

const uniqueKeys = (rows: readonly DebtKey[]): DebtKey[] => [
  ...new Map(
    rows.map(({ integrationId, person }) => [debtKey({ integrationId, person }), { integrationId, person }]),
  ).values(),
]

type AnsweringRequest = {
  readonly folded: readonly Folded[]
  readonly rows: readonly Namer[]
  /** By `debtKey`, since which of its revisions what a debt wrote is believed. */
  readonly doubts: ReadonlyMap<string, number>
}

/** Each with all who name the contacts that it answers for, the others as their own facts make them. */
export async function answeringOf(sql: Sql, { folded, rows, doubts }: AnsweringRequest): Promise<Answering[]> {
  const known = new Set(folded.map(each => debtKey(keyOf(each))))
  const missing = uniqueKeys(rows).filter(row => !known.has(debtKey(row)))
  const others = missing.length === 0 ? [] : await foldOthers(sql, folded, missing)
  const all = missing.length === 0 ? doubts : new Map([...doubts, ...(await doubtsOf(sql, missing))])
  const groups = new Map<string, Group>()
  for (const each of [...folded.filter(isGrouped), ...others].sort(byPerson)) joinGroups(groups, each)
  return folded.map(each => {
    const { own, left } = isGrouped(each) ? contactsIn(groups, each) : { own: each.of, left: [] }
    return { own, left, doubts: doubtsIn(all, each, [own, ...left]), isErased: isErased(each) }
  })
}

const isErased = ({ of: { erasedBy } }: Folded): boolean => erasedBy !== undefined

/** One who is being erased left even a contact that is theirs alone. */
const isGrouped = (each: Folded): boolean => mayShare(each) || isErased(each)

const byPerson = (a: Folded, b: Folded): number => (a.of.person < b.of.person ? -1 : a.of.person > b.of.person ? 1 : 0)

async function foldOthers(sql: Sql, folded: readonly Folded[], missing: readonly DebtKey[]): Promise<Folded[]> {
  const through = new Map(folded.map(each => [each.through.id, each.through]))
  const asked = missing.flatMap(({ integrationId, person }) => {
    const own = through.get(integrationId)
    return own ? [{ person, through: own }] : []
  })
  const people = asked.map(({ person, through: { sourceId } }) => ({ sourceId, person }))
  const weights = await weightsOf(sql, people)
  if (isTooMuch([...weights.values()].reduce(plus, NOTHING_TOLD))) throw new TooMuchTold()
  const facts = await factsOf(sql, people)
  const erasedBy = await erasedByOf(
    sql,
    asked.map(({ person }) => person),
  )
  return asked.map(({ person, through }) => {
    const known = facts.get(personKey({ sourceId: through.sourceId, person })) ?? []
    return foldedBy(through, { person, facts: known, erasedBy: erasedBy.get(person) })
  })
}

/** The persons of a contact have more facts than one decision reads. Caught where each debt is decided by itself. */
export class TooMuchTold extends Error {
  override readonly name = 'TooMuchTold'

  constructor() {
    super('more was told of the person, and of those who share the contact, than one decision reads')
  }
}

type Group = { readonly naming: Person[]; readonly left: Leaver[] }

function joinGroups(groups: Map<string, Group>, { through, of }: Folded): void {
  const groupAt = (contact: ContactRef): Group => {
    const key = namedContactKey({ integrationId: through.id, alias: contactKey(contact) })
    const group = groups.get(key) ?? { naming: [], left: [] }
    groups.set(key, group)
    return group
  }
  const { now, left } = of.naming
  if (now) {
    const voices = voicesOf(of)
    groupAt(now).naming.push(...voices.naming)
    groupAt(now).left.push(...voices.left)
  }
  for (const { contact, leftAt } of left) groupAt(contact).left.push({ of, leftAt })
}

function contactsIn(groups: ReadonlyMap<string, Group>, each: Folded): Omit<Answering, 'doubts' | 'isErased'> {
  const groupAt = (contact: ContactRef): Group =>
    groups.get(namedContactKey({ integrationId: each.through.id, alias: contactKey(contact) })) ?? NONE
  const together = (contact: ContactRef) => ({ ...togetherOf({ contact, ...groupAt(contact) }), contact })
  const { now, left } = each.of.naming
  return {
    own: now && (isErased(each) || !isAlone(groupAt(now))) ? together(now) : each.of,
    left: left.map(({ contact }) => together(contact)),
  }
}

const NONE: Group = { naming: [], left: [] }

const isAlone = ({ naming, left }: Group): boolean => naming.length + left.length === 1

function doubtsIn(doubts: ReadonlyMap<string, number>, { through }: Folded, contacts: readonly Together[]) {
  const persons = contacts.flatMap(({ namedBy, leftBy }) => [...namedBy, ...leftBy])
  return new Map(
    persons.flatMap((person): [string, number][] => {
      const at = doubts.get(debtKey({ integrationId: through.id, person }))
      return at === undefined ? [] : [[person, at]]
    }),
  )
}
