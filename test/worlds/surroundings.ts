import { FINAL } from '../oracle/quiescence.ts'
import { ONLY_SLOW } from '../oracle/writes.ts'
import { type Dice } from './dice.ts'
import { hours, minutes } from './dress.ts'
import { type Kind } from './kinds.ts'
import { LENGTH, PEOPLE } from './people.ts'
import { type MailchimpAct, type OperatorAct, type Step } from './story.ts'

type Room = { readonly dice: Dice; readonly kinds: ReadonlySet<Kind>; readonly count: number }

/** What Mailchimp's people and its servers do. */
export function mailchimpSteps({ dice, kinds, count }: Room): readonly Step[] {
  const acts = (kind: Kind, most: number, make: (at: number, n: number) => readonly Timed[]): readonly Step[] =>
    kinds.has(kind)
      ? Array.from({ length: 1 + dice.below(most) }, (_, n) => make(dice.below(LENGTH), n))
          .flat()
          .map(({ at, act }) => ({ at, kind, by: 'mailchimp', audience: dice.below(count), act }))
      : []
  const who = (): string => dice.any(PEOPLE) ?? ''
  const value = (): Readonly<Record<string, string>> => ({ NEWS: dice.pick(['true', 'false']) })
  const fault = (id: string, rule: object, [from, long]: readonly [number, number]): readonly Timed[] => [
    { at: from, act: { do: 'fault', rule: { ...rule, id } } },
    { at: from + long, act: { do: 'mend', id } },
  ]
  return [
    ...acts('edits', 5, at => [{ at, act: { do: dice.pick(['edit', 'add']), address: who(), fields: value() } }]),
    ...acts('contacts', 4, at => {
      const address = who()
      const gone = dice.pick(['remove', 'archive', 'forget', 'unsubscribe', 'clean'] as const)
      const back = { at: at + dice.below(minutes(30)), act: { do: 'add', address, fields: {} } } as const
      return [{ at, act: { do: gone, address } }, ...(dice.chance(0.6) ? [back] : [])]
    }),
    ...acts('renames', 2, (at, n) => [
      { at, act: { do: 'rename', address: who(), to: dice.pick([`new${n}@mail.test`, who()]) } },
    ]),
    ...acts('fields', 2, at => [{ at, act: { do: 'remake', tag: dice.pick(['NEWS', 'ADS']) } }]),
    ...acts('poison', 2, (at, n) => {
      const match = { contact: who() }
      const fake = { status: 400, title: 'Invalid Resource', detail: 'Please provide a valid email address.' }
      return dice.chance(0.5)
        ? fault(`${FINAL}${n}`, { match, fault: fake }, [at, hours(1)])
        : fault(`poison${n}`, { match, fault: { status: dice.pick([500, 502, 503]) } }, [at, hours(1)])
    }),
    ...acts('answers', 6, (at, n) => {
      const status = 200 + dice.below(400)
      const headers = dice.chance(0.2) ? { headers: { 'retry-after': dice.pick(['60', '4000', '31536000']) } } : {}
      const answer = dice.chance(0.5) ? { status, title: 'Something New' } : { status, html: '<h1>proxy</h1>' }
      const rule = { match: { path: '/members/' }, count: 1 + dice.below(4), fault: { ...answer, ...headers } }
      return fault(`answer${n}`, rule, [at, minutes(30)])
    }),
    ...acts('delays', 8, (at, n) => {
      const late = { apply_late_ms: 1_000 * (1 + dice.below(119)) }
      if (dice.chance(0.2)) {
        const slow = { match: { path: '/members/' }, fault: { delay_ms: 1_000 * (1 + dice.below(25)) } }
        return fault(`${ONLY_SLOW}${n}`, slow, [at, minutes(30)])
      }
      const ways = [{ cut: 'before' }, { cut: 'after' }, { cut: 'mid-answer' }, { stall: true, ...late }, late] as const
      const rule = { match: { path: '/members/' }, count: 1 + dice.below(2), fault: dice.any(ways) }
      return fault(`delay${n}`, rule, [at, minutes(30)])
    }),
    ...acts('keys', 2, at => [
      { at, act: { do: 'key', state: 'disabled' } },
      { at: at + dice.below(minutes(30)), act: { do: 'key', state: 'active' } },
    ]),
  ]
}

type Timed = { readonly at: number; readonly act: MailchimpAct }

/** What the operator does to the integrations. */
export function operatorSteps({ dice, kinds, count }: Room): readonly Step[] {
  const acts = (kind: Kind, make: (at: number) => readonly (readonly [number, OperatorAct])[]): readonly Step[] => {
    if (!kinds.has(kind)) return []
    const integration = dice.below(count)
    return make(dice.below(LENGTH)).map(([at, act]) => ({ at, kind, by: 'operator', integration, act }))
  }
  const soon = (): number => dice.below(minutes(40))
  return [
    ...acts('pauses', at => [
      [at, { do: 'pause' }],
      [at + soon(), { do: 'resume' }],
    ]),
    ...acts('disables', at => [
      [at, { do: 'disable' }],
      [at + soon(), { do: dice.pick(['enable', 'enable', 'disable']) }],
    ]),
    ...acts('mappings', at => [[at, { do: 'patch', changes: { mappings: dice.pick(MAPPINGS) } }]]),
    ...acts('audiences', at => [[at, { do: 'patch', changes: { properties: { audience_id: THIRD_AUDIENCE } } }]]),
    ...acts('feeds', at => [[at, { do: 'feed', feed: dice.pick(['user', 'event']) }]]),
    ...acts('clashes', at => [
      [at, { do: 'create', integration: { source: 0, audience: 0, changes: { mappings: dice.pick(MAPPINGS) } } }],
    ]),
    ...acts('removals', at => [[at, { do: 'delete' }]]),
    ...acts('replays', at => [
      [at, { do: 'replay' }],
      [at + soon(), { do: 'resync' }],
    ]),
    ...acts('restarts', at => [
      [at, { do: 'restart' }],
      [at + soon(), { do: 'restart' }],
    ]),
  ]
}

export const OTHER_AUDIENCE = 'f6e5d4c3b2'
export const THIRD_AUDIENCE = '0123456789'

/** The tags of every world, and what fills them. */
export const USUAL = [
  { id: 'NEWS', value: 'consents_purposes_news_enabled' },
  { id: 'ADS', value: 'consents_purposes_ads_enabled' },
  { id: 'TOPICS', value: 'consents_purposes_news_values_topics_value' },
  { id: 'SPORT', value: 'consents_purposes_news_values_topics_value_sport_enabled' },
  { id: 'MAIL', value: 'consents_purposes_news_preferences_topics_channel_email_enabled' },
]

const MAPPINGS = [
  USUAL.slice(0, 1),
  USUAL.slice(1, 3),
  [{ id: 'NEWS', value: 'consents_purposes_ads_enabled' }, ...USUAL.slice(2, 3)],
] as const

/** A window is opened by the first request after such a step, and the operator acts before it ends. */
export function windowSteps(people: readonly Step[], { dice, count }: Pick<Room, 'dice' | 'count'>): readonly Step[] {
  const opening = people.filter(({ kind }, index) => kind === 'windows' && people[index - 1]?.kind !== 'windows')
  return opening.flatMap(({ at }, n): readonly Step[] => {
    const id = `window${n}`
    const fault = { apply_late_ms: 1_000 * (60 + dice.below(55)) }
    const rule = { match: { path: '/members/' }, count: 1, fault, id }
    const common = { kind: 'windows', by: 'mailchimp', audience: 0 } as const
    const act = dice.any(['pause', 'disable', 'delete', 'restart', 'resync'] as const) ?? 'pause'
    const operator = { at: at + 15_000 + dice.below(40_000), kind: 'windows', by: 'operator' } as const
    return [
      { ...common, at: at - 1, act: { do: 'fault', rule } },
      { ...common, at: at + 8_000, act: { do: 'mend', id } },
      { ...operator, integration: dice.below(count), act: { do: act } },
    ]
  })
}
