import { type Database } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { conclude, type Conclusion } from '../delivery/conclude.ts'
import { type Ready } from '../delivery/decide-debt.ts'
import { NOTHING_TAKEN, takeDue, type Taken } from '../delivery/take.ts'
import { type Circuit } from './circuit.ts'
import { type Flights } from './flights.ts'

type TakeDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  /** How long Mailchimp may still apply a request of unknown outcome after it left (R22), in ms. */
  readonly windowMs: number
}

type Taking = {
  readonly flights: Flights
  readonly circuit: Circuit
  readonly ready: readonly Ready[]
  /** The key is held. */
  readonly isHeld: boolean
}

type TakenInTurn = {
  readonly answered: readonly Conclusion[]
  /** Mailchimp itself fails: what it said. */
  readonly trouble: string | undefined
  readonly space: number
  readonly taken: Taken
}

/**
 * Records what was answered and takes what is due, in one transaction; then sends. Of the lanes of one login only one
 * does so at a time: what one has taken is under way when the next one looks (I4).
 */
export async function take(deps: TakeDeps, taking: Taking): Promise<TakenInTurn> {
  const { flights, circuit, ready, isHeld } = taking
  const { answered } = flights
  circuit.note(answered)
  const trouble = isHeld ? undefined : circuit.trouble(answered)
  const space = trouble === undefined ? spaceFor(flights, ready) : 0
  let taken = NOTHING_TAKEN
  try {
    taken = await record(deps, { ...taking, answered, space })
    flights.recorded(answered)
    taken.assignments.forEach(assignment => flights.start(assignment))
  } finally {
    flights.settle(taken.left > 0)
  }
  return { answered, trouble, space, taken }
}

const spaceFor = (flights: Flights, ready: readonly Ready[]): number =>
  ready.length > 0 ? flights.reserve() : flights.room()

type Recording = Taking & Pick<TakenInTurn, 'answered' | 'space'>

async function record(
  { db, clock, newId, windowMs }: TakeDeps,
  { flights, circuit: { avoided }, ready, answered, space }: Recording,
): Promise<Taken> {
  // After a block, what it holds has to be found out first.
  const blocked = answered.some(({ outcome }) => outcome.kind === 'blocked')
  const mayTake = space > 0 && ready.length > 0 && !blocked
  if (answered.length === 0 && !mayTake) return NOTHING_TAKEN
  const concluded = new Set(answered.map(({ assignment }) => assignment.contact))
  return db.transaction(async tx => {
    const ended = await conclude(tx, answered, windowMs)
    if (!mayTake) return { ...NOTHING_TAKEN, ended }
    const { resting, mayHurry } = flights
    const busy = new Set([...flights.busy].filter(contact => !concluded.has(contact)))
    const taken = await takeDue(tx, { ready, room: space, busy, resting, mayHurry, avoided, now: clock(), newId })
    return { ...taken, ended: [...ended, ...taken.ended] }
  })
}
