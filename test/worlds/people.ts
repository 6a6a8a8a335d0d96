import { type Consents, createDidomi, type Didomi, isoOf, type Sent } from './didomi.ts'
import { type Dice } from './dice.ts'
import { flattened, hours, minutes, SKEWS, spelled, stampIn } from './dress.ts'
import { type Kind } from './kinds.ts'
import { type Dress, type Step } from './story.ts'

export const PEOPLE = ['ada', 'bob', 'cyd', 'dan'].map(name => `${name}@mail.test`)

type Setting = {
  readonly dice: Dice
  readonly kinds: ReadonlySet<Kind>
  /** Which records the organisation has sent. */
  readonly families: readonly ('event' | 'user')[]
  readonly source: number
  readonly matchesMetadata: boolean
}

/** How long people change their minds, and how often. */
export const LENGTH = hours(2)
const ACTS = 14

/** What the people of one organisation do, as the webhooks that tell of it. */
export function peopleSteps(setting: Setting): readonly Step[] {
  const { dice, source, families } = setting
  const didomi = createDidomi(`org${source}`)
  const times = Array.from({ length: ACTS }, () => dice.below(LENGTH)).toSorted((a, b) => a - b)
  return times.flatMap(at => {
    const { kind, sent } = oneAct(setting, didomi, at)
    const told = sent.filter(({ family }) => families.includes(family))
    return told.flatMap(each => delivered(each, setting, kind))
  })
}

type Act = { readonly kind: Kind | 'plain'; readonly sent: readonly Sent[] }

/** One of the things that the kinds of this world let happen; mostly somebody chooses. */
function oneAct(setting: Setting, didomi: Didomi, at: number): Act {
  const { dice, kinds } = setting
  const special = SPECIAL.filter(([kind]) => kinds.has(kind))
  const one = dice.chance(0.4) ? dice.any(special) : undefined
  const sent = one?.[1](setting, didomi, at) ?? []
  if (one && sent.length > 0) return { kind: one[0], sent }
  return { kind: 'plain', sent: didomi.choose(choiceOf(setting, dice.pick(NAMES), at)) }
}

const NAMES = [PEOPLE[0] ?? '', ...PEOPLE.slice(1)] as const satisfies readonly [string, ...string[]]

type Special = (setting: Setting, didomi: Didomi, at: number) => readonly Sent[]

const SPECIAL: readonly (readonly [Kind, Special])[] = [
  [
    'devices',
    (setting, didomi, at) => {
      const who = setting.dice.pick(NAMES)
      return didomi.choose({ ...choiceOf(setting, who, at), device: `second ${deviceOf(who, setting)}` })
    },
  ],
  [
    'reuse',
    ({ dice }, didomi, at) => {
      const device = dice.any(didomi.users())
      return device === undefined ? [] : didomi.deleteUser(device, at, dice.chance(0.5))
    },
  ],
  [
    'withdraw',
    ({ dice }, didomi, at) => {
      const device = dice.any(didomi.users())
      return device === undefined ? [] : didomi.deleteUser(device, at, true)
    },
  ],
  [
    'moves',
    (setting, didomi, at) => {
      const { dice } = setting
      const device = dice.any(didomi.users())
      const to = dice.pick(NAMES)
      return device === undefined ? [] : didomi.moveUser(device, at, idOf(to, setting))
    },
  ],
  [
    'guests',
    (setting, didomi, at) => {
      const { dice } = setting
      const who = dice.pick(NAMES)
      const choice = choiceOf(setting, who, at)
      return didomi.choose({ ...choice, device: `guest ${who}`, ...(dice.chance(0.6) ? { who: undefined } : {}) })
    },
  ],
  [
    'doubt',
    (setting, didomi, at) => {
      const device = setting.dice.any(didomi.users())
      const choice = choiceOf(setting, setting.dice.pick(NAMES), at)
      return device === undefined ? [] : didomi.choose({ ...choice, device })
    },
  ],
  [
    'shared',
    (setting, didomi, at) => {
      const { dice } = setting
      const all = [...NAMES, 'eve@mail.test', 'fay@mail.test', 'gus@mail.test', 'hal@mail.test']
      const crowd = all.flatMap((who, n) => didomi.choose({ ...choiceOf(setting, who, at + n), device: 'tablet' }))
      const guest = { ...choiceOf(setting, NAMES[0], at + minutes(1)), device: 'tablet', who: undefined }
      return dice.chance(0.5) ? [...crowd, ...didomi.choose(guest)] : crowd
    },
  ],
  [
    'regulations',
    (setting, didomi, at) => didomi.choose({ ...choiceOf(setting, setting.dice.pick(NAMES), at), regulation: 'cpra' }),
  ],
  [
    'pending',
    (setting, didomi, at) => {
      const { dice } = setting
      const waiting = dice.any(didomi.events().filter(({ status }) => status === 'pending_approval'))
      if (waiting && dice.chance(0.6)) return didomi.confirm(waiting.id, at, dice.chance(0.4))
      return didomi.choose({ ...choiceOf(setting, dice.pick(NAMES), at), pending: true })
    },
  ],
  [
    'partial',
    ({ dice }, didomi, at) => {
      const event = dice.any(didomi.events().filter(({ status }) => status === 'confirmed'))
      return event === undefined ? [] : didomi.confirm(event.id, at, dice.chance(0.3))
    },
  ],
  [
    'windows',
    (setting, didomi, at) => {
      const choice = choiceOf(setting, setting.dice.pick(NAMES), at)
      const soon = at + 10_000
      const all = (enabled: boolean) => ({ purposes: ['news', 'ads'].map(id => ({ id, enabled })) })
      const denial = { ...choice, at: soon, stated: isoOf(soon), consents: all(false) }
      return [...didomi.choose({ ...choice, consents: all(true) }), ...didomi.choose(denial)]
    },
  ],
  [
    'clocks',
    (setting, didomi, at) => {
      const who = setting.dice.pick(NAMES)
      const soon = at + minutes(1 + setting.dice.below(5))
      const other = { ...choiceOf(setting, who, soon), device: `second ${deviceOf(who, setting)}` }
      const ahead = isoOf(at + (setting.dice.any(SKEWS) ?? 0))
      return [...didomi.choose({ ...choiceOf(setting, who, at), stated: ahead }), ...didomi.choose(other)]
    },
  ],
  [
    'deletions',
    ({ dice }, didomi, at) => {
      const event = dice.any(didomi.events())
      return event === undefined ? [] : didomi.deleteEvent(event.id, at)
    },
  ],
  [
    'nulls',
    ({ dice }, didomi, at) => {
      const device = dice.any(didomi.users())
      return device === undefined ? [] : didomi.takeBack(device, at, { purpose: 'news', isListed: dice.chance(0.6) })
    },
  ],
]

const idOf = (who: string, { matchesMetadata }: Pick<Setting, 'matchesMetadata'>): string =>
  matchesMetadata ? `customer of ${who}` : who

const deviceOf = (who: string, { source }: Pick<Setting, 'source'>): string => `phone ${source} of ${who}`

/** A choice of somebody on their own phone, as this world's phones make it. */
function choiceOf(setting: Setting, who: string, at: number) {
  const { dice, kinds, matchesMetadata } = setting
  const skew = kinds.has('clocks') && dice.chance(0.4) ? (dice.any(SKEWS) ?? 0) : 0
  const stated =
    kinds.has('untimed') && dice.chance(0.3)
      ? dice.pick(UNUSABLE)
      : kinds.has('zones')
        ? stampIn(at + skew, dice)
        : isoOf(at + skew)
  const id = idOf(who, setting)
  const isSpelled = kinds.has('spellings') && !matchesMetadata && dice.chance(0.4)
  const address = dice.chance(0.25) ? dice.pick(NAMES) : who
  return {
    device: deviceOf(who, setting),
    who: isSpelled ? spelled(id, dice) : id,
    at,
    stated,
    consents: consentsOf(setting),
    metadata: matchesMetadata ? { email: address, city: dice.pick(['Rome', 'Oslo']) } : undefined,
  }
}

const UNUSABLE = ['', 'yesterday', '2026-11-23T09:30:00', '2031-01-01T00:00:00Z'] as const

function consentsOf({ dice, kinds }: Setting): Consents {
  const enabled = dice.chance(0.5)
  const isList = (kinds.has('values') || kinds.has('whole')) && dice.chance(0.5)
  const isNested = (kinds.has('channels') || (kinds.has('whole') && dice.chance(0.6))) && !isList && dice.chance(0.6)
  const picked = ['art', 'film', 'sport'].filter(() => dice.chance(0.5)).join(',')
  const preference = {
    id: 'topics',
    enabled: kinds.has('whole') ? dice.pick([false, false, null]) : null,
    ...(kinds.has('channels') ? { channels: [{ id: 'email', enabled: dice.chance(0.5) }] } : {}),
  }
  const says = kinds.has('nulls') && dice.chance(0.2) ? null : enabled
  const news = {
    id: 'news',
    enabled: says,
    ...(isList ? { values: { topics: { value: picked } } } : {}),
    ...(isNested ? { preferences: [preference] } : {}),
  }
  const isBroken = kinds.has('unreadable') && dice.chance(0.3)
  const ads = { id: 'ads', enabled: isBroken ? dice.any<unknown>(['yes', 1, {}]) : dice.chance(0.5) }
  return { purposes: dice.chance(0.5) ? [news] : [news, ads] }
}

/** A record on its way: once or twice, at once or late, plain or flattened, whole or in part. */
function delivered({ at, family, record }: Sent, setting: Setting, kind: Step['kind']): readonly Step[] {
  const { dice, kinds, source, families } = setting
  const isLate = kinds.has('late') && dice.chance(0.3)
  const delay = isLate ? dice.below(hours(1)) : 10
  const partly = kinds.has('partial') && dice.chance(0.4) ? inPart(record, dice) : record
  const dressed = kinds.has('flattened') && dice.chance(0.4) ? flattened(partly) : partly
  const body = JSON.stringify(kinds.has('flattened') && dice.chance(0.3) ? [dressed, ...more(dice)] : dressed)
  const isOther = families.length === 2 && family === 'user'
  const named = kind !== 'plain' ? kind : isLate ? 'late' : partly !== record ? 'partial' : isOther ? 'families' : kind
  const worn = kinds.has('dress') && dice.chance(0.4) ? { dress: dice.any<Dress>(DRESSES) ?? {} } : {}
  const step = { at: at + delay, kind: named, by: 'didomi', source, body, ...worn } as const
  if (!kinds.has('repeats') || dice.chance(0.6)) return [step]
  return [step, { ...step, kind: 'repeats', at: step.at + dice.below(minutes(40)) }]
}

const DRESSES = [
  { encoding: 'gzip' },
  { encoding: 'deflate' },
  { encoding: 'br' },
  { encoding: 'identity' },
  { type: 'text/plain' },
  { type: 'application/vnd.didomi+json; charset=latin1' },
  { slash: '/' },
] as const

/** What else may come in one call: records that say nothing of our people. */
const more = (dice: Dice): readonly object[] =>
  dice.chance(0.5)
    ? []
    : [{ type: 'event.created', parameters: { entity: { id: `x${dice.below(1e6)}` } } }, { type: 'other' }]

/** What organisations leave out of records: the old entity, the choices, or the choices that did not change. */
function inPart(record: object, dice: Dice): object {
  const { type, parameters } = record as { type: string; parameters: Record<string, object> }
  const { old_entity: old, new_entity: now, ...rest } = parameters
  if (!now) return record
  if (dice.chance(0.4)) return { type, parameters: { ...rest, new_entity: now } }
  const { consents: _, ...bare } = now as { consents?: unknown }
  return { type, parameters: { ...rest, ...(old ? { old_entity: old } : {}), new_entity: bare } }
}
