import { type Wrong } from '../oracle/quiescence.ts'
import { type Kind } from './kinds.ts'
import { isoOf } from './didomi.ts'
import { type Step, type Story } from './story.ts'

type Failure = {
  readonly seed: number
  readonly on: readonly Kind[]
  readonly smallest: Story
  readonly wrongs: readonly Wrong[]
  readonly thrown: string | undefined
}

/** Everything that somebody needs to see why a world ended wrong, and to see it again. */
export function reportOf({ seed, on, smallest, wrongs, thrown }: Failure): string {
  return [
    `world ${seed} of ${smallest.kinds.join(', ') || 'no kind'} ended wrong`,
    `what is left of it shows ${kindsSeen(smallest).join(', ') || 'none of the kinds'}`,
    ...wrongs.slice(0, 5).map(sentence),
    ...(thrown === undefined ? [] : [thrown]),
    `feeds ${JSON.stringify(smallest.feeds)}; contacts ${smallest.contacts.join(' ')}`,
    ...smallest.integrations.map(each => `integration ${JSON.stringify(each)}`),
    ...smallest.steps.map(stepLine),
    `npm run soak -- worlds --seed ${seed} --count 1 --kinds ${on.join(',') || 'none'}`,
  ].join('\n')
}

/** What a body shows by itself. */
const TRAITS: Partial<Record<Kind, RegExp>> = {
  spellings: /organization_user_id":"[^"]*[A-Z \u200b\ufeff]/,
  zones: /created_at":"[^"]*[+-]\d\d(?:\d\d)?"/,
  untimed: /created_at":"(?:|yesterday|2031[^"]*|[^"]*:00)"/,
  unreadable: /"enabled":(?:"yes"|1|\{\})/,
  values: /"values"/,
  whole: /"id":"topics","enabled":false/,
  channels: /"channels"/,
  nulls: /"enabled":null/,
  regulations: /"cpra"/,
  metadata: /"metadata"/,
  flattened: /^\[|__/,
}

/** Kinds of a whole world, of which no step can tell. */
const OF_THE_WORLD: readonly Kind[] = ['again', 'users', 'clear', 'withdraw', 'upsert']

/** The kinds that the steps of a story show, so that the one that fails is seen at once. */
function kindsSeen({ kinds, steps }: Story): readonly Kind[] {
  const shows = (kind: Kind): boolean =>
    OF_THE_WORLD.includes(kind) ||
    steps.some(
      step =>
        step.kind === kind ||
        (step.by === 'didomi' &&
          (TRAITS[kind]?.test(step.body) === true || (kind === 'dress' && step.dress !== undefined))),
    )
  return [...kinds, ...(steps.some(({ kind }) => kind === 'families') ? (['families'] as const) : [])].filter(shows)
}

const sentence = ({ breaks, persons, tag, expected, found, because }: Wrong): string =>
  `${breaks}: ${tag} of ${persons.join(' and ') || 'nobody'} must be ${expected} (${because}); ${found}`

function stepLine(step: Step): string {
  const start = `${isoOf(step.at)} [${step.kind}] ${step.by}`
  if (step.by === 'didomi') return `${start} ${step.source}: ${step.body} ${JSON.stringify(step.dress ?? {})}`
  if (step.by === 'machine') return `${start}: ${JSON.stringify(step.act)}`
  return `${start} ${step.by === 'mailchimp' ? step.audience : step.integration}: ${JSON.stringify(step.act)}`
}
