import { type Dice } from './dice.ts'
import { hours, minutes } from './dress.ts'
import { type Kind } from './kinds.ts'
import { LENGTH } from './people.ts'
import { type MachineAct, type Step } from './story.ts'

type Room = { readonly dice: Dice; readonly kinds: ReadonlySet<Kind> }

const WHEN = ['statement', 'commit', 'answer'] as const

/** What the machine does to the service: most of it just when somebody has said something. */
export function machineSteps({ dice, kinds }: Room, people: readonly Step[]): readonly Step[] {
  const acts = (kind: Kind, most: number, make: () => MachineAct): readonly Step[] =>
    kinds.has(kind)
      ? Array.from({ length: 1 + dice.below(most) }, () => {
          const near = dice.any(people)?.at ?? 0
          const at = Math.max(0, dice.chance(0.7) ? near - 1 : dice.below(LENGTH))
          return { at, kind, by: 'machine' as const, act: make() }
        })
      : []
  const fault = (what: 'ends' | 'fails') => (): MachineAct => {
    const when = dice.pick(WHEN)
    return { do: 'fault', fault: { what, when, nth: 1 + dice.below(when === 'statement' ? 40 : 8) } }
  }
  return [
    ...acts('crashes', 8, fault('ends')),
    ...acts('commits', 8, fault('fails')),
    ...acts('freezes', 3, () => ({ do: 'freeze', ms: 1_000 * (1 + dice.below(dice.chance(0.5) ? 120 : 1_200)) })),
    ...acts('steps', 2, () => ({ do: 'clock', ms: dice.pick([minutes(-7), minutes(-90), minutes(4), hours(2)]) })),
  ]
}
