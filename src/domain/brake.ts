import { DAY, HOUR } from './instant.ts'
import { type Desired, type SetAside } from './mapping.ts'
import { type FieldValue } from './merge-field.ts'
import { listText } from './paths.ts'
import { type Fields } from './plan.ts'
import { claimedAs } from './taken-tag.ts'
import { nameOf } from './target.ts'

/** R33: this many people of a source, or this share of them if that is more, may lose something by retraction within an hour. */
const MOST_PEOPLE = 100
const MOST_SHARE = 0.01

/** How long a person counts as one who lost something. */
export const COUNTED_FOR = HOUR

/** Retractions that wait for an answer go after this. */
export const ANSWERED_WITHIN = DAY

export type BrakeDecision = 'release' | 'withhold'

/** One problem, *many retractions*: since when those of a source wait, and what an operator said. */
export type Brake = { readonly since: number; readonly decision: BrakeDecision | undefined }

/** An open problem holds the retractions that come after it, too; one that was answered holds at most those it has. */
export const isOpen = ({ since, decision }: Brake, now: number): boolean =>
  decision === undefined && now < since + ANSWERED_WITHIN

/** Does what waits behind it go on waiting? */
export const holds = (brake: Brake, now: number): boolean => brake.decision === 'withhold' || isOpen(brake, now)

/** What waits behind a problem, or waited: one target of a debt. */
export type BrakedTarget = { readonly target: string; readonly brakeId: string; readonly waits: boolean }

/** In place of a target: all that was retracted when a version held it that did not note what. */
export const EVERY_TARGET = ''

/** What a target of a debt waits behind, or waited. */
export const behindOf = (braked: readonly BrakedTarget[], target: string): string | undefined =>
  (braked.find(each => each.target === target) ?? braked.find(each => each.target === EVERY_TARGET))?.brakeId

/** What was braked of a debt that now sets this aside: of a target that is, it is not known what it would retract. */
export const unknownOf = (braked: readonly BrakedTarget[], setAside: readonly SetAside[]): BrakedTarget[] =>
  braked.filter(({ target }) =>
    target === EVERY_TARGET
      ? setAside.length > 0
      : setAside.some(({ tag }) => claimedAs(tag) === claimedAs(nameOf(target))),
  )

/** A target that a debt would retract. */
export type Retracting = {
  readonly person: string
  /** The person lost something within the last hour already. */
  readonly isCounted: boolean
  /** What the target waited behind; undefined when that is nothing. */
  readonly behind: Brake | undefined
}

type Braking = {
  /** People of the source who lost something within the last hour. */
  readonly counted: number
  /** All people of the source. */
  readonly people: number
  /** The open problem of the source. */
  readonly open: Brake | undefined
  readonly now: number
}

/** `counts` goes, and its person counts from now on. */
type Verdict = 'goes' | 'counts' | 'waits'

/** More than 100 people *and* more than 1 % of a source are needed to stop anything. */
export const mayLose = (people: number): number => Math.max(MOST_PEOPLE, Math.floor(people * MOST_SHARE))

/** R33: which retractions of one source go and which wait, in their order. A person of several counts once. */
export function brake(retractions: readonly Retracting[], { counted, people, open, now }: Braking): Verdict[] {
  const most = mayLose(people)
  const added = new Set<string>()
  return retractions.map(({ person, isCounted, behind }) => {
    if (behind) return holds(behind, now) ? 'waits' : 'goes'
    if (isCounted || added.has(person)) return 'goes'
    if ((open && isOpen(open, now)) || counted + added.size >= most) return 'waits'
    added.add(person)
    return 'counts'
  })
}

/** The targets that would lose what was written by a retraction alone. What was taken back before is no loss. */
export const retractedIn = ({ fields, retracted = [] }: Desired, written: Fields): readonly string[] =>
  retracted.filter(key => Object.hasOwn(fields, key) && fields[key] !== written[key])

/** R33: without what waits; what a person stated goes, a value that they dropped from a list before it was retracted, too. */
export function withoutRetracted(desired: Desired, braked: readonly string[], written: Fields): Desired {
  const keys = braked.filter(key => Object.hasOwn(desired.fields, key))
  const dropped = keys.flatMap(key => {
    const left = leftIn(written[key], desired.had?.[key])
    return left === undefined ? [] : [[key, left] as const]
  })
  const aside = keys.map((key): SetAside => ({
    tag: nameOf(key),
    path: '',
    code: 'many_retractions',
    detail: `${nameOf(key)} would be taken back without a word of the person, as for many others`,
  }))
  return {
    ...desired,
    fields: {
      ...Object.fromEntries(Object.entries(desired.fields).filter(([key]) => !keys.includes(key))),
      ...Object.fromEntries(dropped),
    },
    setAside: [...aside, ...desired.setAside],
  }
}

/** What is left of a list that was written, without the values that the person had dropped; undefined when that is all. */
function leftIn(written: FieldValue | undefined, had: readonly string[] | undefined): string | undefined {
  if (had === undefined || typeof written !== 'string' || written === '') return undefined
  const before = written.split(',')
  const left = before.filter(id => had.includes(id))
  return left.length < before.length ? listText(left) : undefined
}
