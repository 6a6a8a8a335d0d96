import {
  begin,
  end,
  haunted,
  newGovernor,
  nextRoomAt,
  resized,
  room,
  slowed,
  type Governor,
} from '../../domain/governor.ts'
import { isUnclear, type Outcome } from '../../domain/outcome.ts'
import { restEnd, type Rest } from '../../domain/resting.ts'
import { isThrottled, mayStillRun } from '../../mailchimp/classify.ts'
import { type ApiRequest, type Client, type Reply } from '../../mailchimp/client.ts'
import { type Assignment } from '../delivery/assign.ts'
import { type Conclusion } from '../delivery/conclude.ts'
import { send, type Confirmations } from '../delivery/send.ts'

type FlightsDeps = {
  readonly client: Client
  readonly confirmed: Confirmations
  readonly clock: () => number
  readonly dice: () => number
  readonly windowMs: number
  /** Until when each request that a process before this left under way may still run (R24). */
  readonly ghosts: readonly number[]
  /** An answer came in. */
  readonly onAnswer: (integrationId: string) => void
}

/** The requests of a lane that are under way: never more than its connections (R24), never two at one contact (I4). */
export class Flights {
  /** For every request of the lane: each takes a connection (R24). */
  readonly client: Client
  readonly #deps: FlightsDeps
  readonly #busy = new Set<string>()
  readonly #flights = new Set<Promise<void>>()
  #governor: Governor
  #answered: readonly Conclusion[] = []
  readonly #resting = new Map<string, Rest>()
  #hurried = 0

  constructor(deps: FlightsDeps, connections: number) {
    this.#deps = deps
    this.#governor = haunted(newGovernor(connections), deps.ghosts)
    this.client = { ...deps.client, send: request => this.#sendCounted(request) }
  }

  /** Contacts with a request in flight. */
  get busy(): ReadonlySet<string> {
    return this.#busy
  }

  /** R24: contacts whose last attempt ended unclear. */
  get resting(): ReadonlyMap<string, Rest> {
    return this.#resting
  }

  /** Whether a contact that rests may be asked nevertheless; only one is at a time. */
  get mayHurry(): boolean {
    return this.#hurried === 0
  }

  /** What was answered and is not yet on disk. */
  get answered(): readonly Conclusion[] {
    return this.#answered
  }

  get isQuiet(): boolean {
    return this.#flights.size === 0 && this.#answered.length === 0
  }

  /** These answers are on disk. */
  recorded(conclusions: readonly Conclusion[]): void {
    this.#answered = this.#answered.slice(conclusions.length)
  }

  /** Resolves when no request is under way any more. */
  async ended(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights)
  }

  room(): number {
    return room(this.#governor, this.#deps.clock())
  }

  /** When room may open without an answer coming in. */
  nextRoomAt(): number | undefined {
    return nextRoomAt(this.#governor, this.#deps.clock())
  }

  resize(connections: number): void {
    if (connections === this.#governor.most) return
    this.#governor = resized(this.#governor, connections)
    this.#deps.client.resize(connections)
  }

  /** After a pause, one request, then more (R26). */
  startSlowly(): void {
    this.#governor = slowed(this.#governor)
  }

  start(assignment: Assignment): void {
    const isHurried = this.#isResting(assignment.contact)
    if (isHurried) this.#hurried += 1
    this.#busy.add(assignment.contact)
    const flight = this.#fly(assignment).finally(() => {
      if (isHurried) this.#hurried -= 1
      this.#flights.delete(flight)
    })
    this.#flights.add(flight)
  }

  #isResting(contact: string): boolean {
    return (this.#resting.get(contact)?.until ?? 0) > this.#deps.clock()
  }

  /** What ended clearly needs no rest; what has rested is forgotten, the oldest first. */
  #rests({ contact, plan }: Assignment, outcome: Outcome, sentAt: number): void {
    const { clock, windowMs } = this.#deps
    this.#resting.delete(contact)
    if (isUnclear(outcome)) this.#resting.set(contact, { until: restEnd(sentAt, windowMs), sent: plan.fields })
    for (const [oldest, { until }] of this.#resting) {
      if (until > clock()) return
      this.#resting.delete(oldest)
    }
  }

  async #fly(assignment: Assignment): Promise<void> {
    const { confirmed, clock, dice, onAnswer } = this.#deps
    const sentAt = clock()
    const { reply, outcome } = await send(this.client, assignment, { confirmed, clock })
    this.#busy.delete(assignment.contact)
    this.#rests(assignment, outcome, sentAt)
    this.#answered = [...this.#answered, { assignment, reply, outcome, sentAt, finishedAt: clock(), dice: dice() }]
    onAnswer(assignment.integration.id)
  }

  async #sendCounted(request: ApiRequest): Promise<Reply> {
    const { client, clock } = this.#deps
    const startedAt = clock()
    this.#governor = begin(this.#governor)
    const reply = await client.send(request)
    const throttled = isThrottled(reply, clock())
    this.#governor = end(this.#governor, { startedAt, now: clock(), throttled, mayStillRun: mayStillRun(reply) })
    return reply
  }

  gauges(): { readonly inUse: number; readonly limit: number; readonly ghosts: number } {
    const { inFlight, limit, ghosts } = this.#governor
    return { inUse: inFlight, limit, ghosts: ghosts.filter(until => until > this.#deps.clock()).length }
  }
}
