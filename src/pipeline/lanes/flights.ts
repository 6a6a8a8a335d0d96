import { begin, end, newGovernor, nextRoomAt, resized, room, slowed, type Governor } from '../../domain/governor.ts'
import { isGivenUp, isThrottled } from '../../mailchimp/classify.ts'
import { type ApiRequest, type Client, type Reply } from '../../mailchimp/client.ts'
import { type Assignment } from '../delivery/assign.ts'
import { type Conclusion } from '../delivery/conclude.ts'
import { send, type Confirmations } from '../delivery/send.ts'

type FlightsDeps = {
  readonly client: Client
  readonly confirmed: Confirmations
  readonly clock: () => number
  readonly dice: () => number
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

  constructor(deps: FlightsDeps, connections: number) {
    this.#deps = deps
    this.#governor = newGovernor(connections)
    this.client = { ...deps.client, send: request => this.#sendCounted(request) }
  }

  /** Contacts with a request in flight. */
  get busy(): ReadonlySet<string> {
    return this.#busy
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
    this.#busy.add(assignment.contact)
    const flight = this.#fly(assignment).finally(() => this.#flights.delete(flight))
    this.#flights.add(flight)
  }

  async #fly(assignment: Assignment): Promise<void> {
    const { confirmed, clock, dice, onAnswer } = this.#deps
    const sentAt = clock()
    const { reply, outcome } = await send(this.client, assignment, { confirmed, clock })
    this.#busy.delete(assignment.contact)
    this.#answered = [...this.#answered, { assignment, reply, outcome, sentAt, finishedAt: clock(), dice: dice() }]
    onAnswer(assignment.integration.id)
  }

  async #sendCounted(request: ApiRequest): Promise<Reply> {
    const { client, clock } = this.#deps
    const startedAt = clock()
    this.#governor = begin(this.#governor)
    const reply = await client.send(request)
    const throttled = isThrottled(reply, clock())
    const timedOut = isGivenUp(reply)
    this.#governor = end(this.#governor, { startedAt, now: clock(), throttled, timedOut })
    return reply
  }

  gauges(): { readonly inUse: number; readonly limit: number; readonly ghosts: number } {
    const { inFlight, limit, ghosts } = this.#governor
    return { inUse: inFlight, limit, ghosts: ghosts.filter(until => until > this.#deps.clock()).length }
  }
}
