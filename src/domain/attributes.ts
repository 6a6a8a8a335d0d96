import { byText } from './choice.ts'
import { grantsAt, type Attribute, type Entity, type Fact } from './fact.ts'

/** A value of an attribute since some time; undefined when the attribute is gone. */
type Stand = { readonly path: readonly string[]; readonly value: string | undefined; readonly at: number }

const keyOf = (path: readonly string[]): string => JSON.stringify(path)

/**
 * R8, R15: of each attribute the value that changed last, over the Didomi users of a person. `users` are the facts of
 * one user and life each.
 */
export function attributesOf(users: readonly (readonly Fact[])[]): Attribute[] {
  const best = new Map<string, Attribute & { at: number }>()
  for (const { path, value, at } of users.flatMap(standsOf)) {
    if (value === undefined) continue
    const rival = best.get(keyOf(path))
    if (!rival || (rival.at - at || byText(rival.value, value)) < 0) best.set(keyOf(path), { path, value, at })
  }
  return [...best].sort(([a], [b]) => byText(a, b)).map(([, { path, value }]) => ({ path, value }))
}

/** What each attribute of one user is, and since when. */
function standsOf(own: readonly Fact[]): Stand[] {
  const stands = new Map<string, Stand>()
  for (const { entity, at, bornAt, speaksAt, lost } of inOrder(own)) {
    for (const { path, value } of entity.attributes) {
      const before = stands.get(keyOf(path))
      if (before?.value === value && speaksAt === undefined) continue
      // What the first record repeats may be as old as its user.
      stands.set(keyOf(path), { path, value, at: speaksAt ?? (before ? at : Math.min(at, bornAt ?? at)) })
    }
    for (const path of lost) stands.set(keyOf(path), { path, value: undefined, at })
  }
  return [...stands.values()]
}

const inOrder = (own: readonly Fact[]): Look[] =>
  own.flatMap(looksIn).sort(bySequence(own.every(({ after }) => after.version !== undefined)))

type Look = {
  readonly version: number | undefined
  readonly at: number
  readonly entity: Entity
  readonly lost: Entity['lostAttributes']
  readonly bornAt: number | undefined
  /** An event speaks at its own time; a user's record only repeats (R8). */
  readonly speaksAt: number | undefined
  /** When an event was received that has no time of its own (R10). */
  readonly undatedAt: number | undefined
}

/** R10: it is unknown since when it was so, and anything with a time is newer. */
const UNDATED = 0

function looksIn(fact: Fact): Look[] {
  const { family, kind, datedBy, createdAt, after, before } = fact
  const undatedAt = family === 'event' && datedBy === 'receipt' ? fact.receivedAt : undefined
  const at = undatedAt === undefined ? grantsAt(fact) : UNDATED
  const speaksAt = family === 'event' || kind === 'created' ? at : undefined
  const look: Look = {
    version: after.version,
    at,
    entity: after,
    lost: after.lostAttributes,
    bornAt: createdAt,
    speaksAt,
    undatedAt,
  }
  if (family === 'event' || !before) return [look]
  const version = before.version ?? (after.version === undefined ? undefined : after.version - 1)
  return [
    { ...look, version, at: Math.min(before.at ?? at, at - 1), entity: before, lost: [], speaksAt: undefined },
    look,
  ]
}

const bySequence =
  (versioned: boolean) =>
  (a: Look, b: Look): number =>
    (versioned ? (a.version ?? 0) - (b.version ?? 0) : 0) ||
    a.at - b.at ||
    byText(JSON.stringify(a.entity.attributes), JSON.stringify(b.entity.attributes))

/** A value that one Didomi user held, when it was stated, and when another one or none took its place. */
export type Spell = {
  readonly value: string
  readonly told: readonly number[]
  readonly until: number
  /** It comes from an event without a time of its own, and for what that event says (R10). */
  readonly isUndated?: true
}

/** All values of the attributes that `isMeant` names, over the Didomi users of a person, those that are gone included. */
export const spellsOf = (users: readonly (readonly Fact[])[], isMeant: (path: readonly string[]) => boolean): Spell[] =>
  users.flatMap(own => spellsOfUser(own, isMeant))

function spellsOfUser(own: readonly Fact[], isMeant: (path: readonly string[]) => boolean): Spell[] {
  const spells: Spell[] = []
  let last: Spell | undefined
  for (const { entity, at, speaksAt, lost, undatedAt } of inOrder(own)) {
    const value = entity.attributes.find(({ path }) => isMeant(path))?.value
    if (undatedAt !== undefined) {
      if (value !== undefined) spells.push({ value, told: [undatedAt], until: undatedAt + 1, isUndated: true })
    } else if (last && value === last.value)
      last = { ...last, told: speaksAt === undefined ? last.told : [...last.told, speaksAt] }
    else if (value !== undefined || lost.some(isMeant)) {
      if (last) spells.push({ ...last, until: at })
      last = value === undefined ? undefined : { value, told: [speaksAt ?? at], until: Number.POSITIVE_INFINITY }
    }
  }
  return last ? [...spells, last] : spells
}
