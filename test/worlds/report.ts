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
  const kinds = [...new Set(smallest.steps.map(({ kind }) => kind))].filter(kind => kind !== 'plain')
  return [
    `world ${seed} ended wrong; what is left of it needs ${kinds.join(', ') || 'none of the kinds'}`,
    ...wrongs.slice(0, 5).map(sentence),
    ...(thrown === undefined ? [] : [thrown]),
    `feeds ${JSON.stringify(smallest.feeds)}; contacts ${smallest.contacts.join(' ')}`,
    ...smallest.integrations.map(each => `integration ${JSON.stringify(each)}`),
    ...smallest.steps.map(stepLine),
    `npm run soak -- worlds --seed ${seed} --count 1 --kinds ${on.join(',') || 'none'}`,
  ].join('\n')
}

const sentence = ({ breaks, persons, tag, expected, found, because }: Wrong): string =>
  `${breaks}: ${tag} of ${persons.join(' and ') || 'nobody'} must be ${expected} (${because}); ${found}`

function stepLine(step: Step): string {
  const start = `${isoOf(step.at)} [${step.kind}] ${step.by}`
  if (step.by === 'didomi') return `${start} ${step.source}: ${step.body}`
  return `${start} ${step.by === 'mailchimp' ? step.audience : step.integration}: ${JSON.stringify(step.act)}`
}
