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
import { type Wake } from './connections.ts'
import { type ContactsInFlight } from './contacts-in-flight.ts'
import { type Share } from './logins.ts'

type FlightsDeps = {
  readonly client: Client
  readonly confirmed: Confirmations
  readonly clock: () => number
  readonly dice: () => number
  readonly windowMs: number
  /** Until when each request that a process before this left under way may still run (R24). */
  readonly ghosts: readonly number[]
  /** Those of all lanes. */
  readonly contacts: ContactsInFlight
  /** A connection or a contact that this lane waited for is free. */
  readonly wake: Wake
  /** An answer came in. */
  readonly onAnswer: (integrationId: string) => void
}

/** What Mailchimp said to the requests of one flight, all together. */
type Said = { throttled: boolean; mayStillRun: boolean }

/**
 * The requests of a lane that are under way: never more than its connections, nor than its Mailchimp user may have (R24),
 * never two at one contact (I4).
 */
export class Flights {
  /** For every request of the lane beside the deliveries: each takes a connection (R24). */
  readonly client: Client
  readonly #deps: FlightsDeps
  readonly #flights = new Set<Promise<void>>()
  #governor: Governor
  #answered: readonly Conclusion[] = []
  #hurried = 0
  #share: Share
  /** Connections of the user that the turn under way may use, or has used. */
  #turn: { connections: Share['connections']; wanted: number; granted: number; used: number } | undefined

  constructor(deps: FlightsDeps, { connections, share }: { readonly connections: number; readonly share: Share }) {
    this.#deps = deps
    this.#share = share
    this.#governor = haunted(newGovernor(connections), deps.ghosts)
    this.client = { ...deps.client, send: request => this.#sendBeside(request) }
  }

  /** Contacts with a request in flight, or an answer that is not yet on disk, of any lane. */
  get busy(): ReadonlySet<string> {
    return this.#deps.contacts.busy
  }

  /** R24: contacts whose last attempt ended unclear. */
  get resting(): ReadonlyMap<string, Rest> {
    return this.#deps.contacts.resting
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
    this.#deps.contacts.free(conclusions.map(({ assignment }) => assignment.contact))
  }

  /** Resolves when no request is under way any more. */
  async ended(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights)
  }

  /** What the lane itself has room for. */
  room(): number {
    return room(this.#governor, this.#deps.clock())
  }

  /** The lane has other keys, or other audiences, in common with others. */
  join(share: Share): void {
    const before = this.#share.connections
    this.#share = share
    if (share.connections === before) return
    // Its place in the line of the user before would be left a connection for ever.
    before.leave(this.#deps.wake)
    this.#deps.wake()
  }

  /** How many may start in this turn. */
  reserve(): number {
    const { connections } = this.#share
    const wanted = this.room()
    const granted = connections.reserve(wanted, this.#deps.wake)
    this.#turn = { connections, wanted, granted, used: 0 }
    return granted
  }

  /** The turn is over; with `left`, a contact was busy that something is due for. */
  settle(left: boolean): void {
    const turn = this.#turn
    this.#turn = undefined
    const { contacts, wake } = this.#deps
    if (left) contacts.wait(wake)
    if (turn) turn.connections.settle(wake, turn)
    else this.#share.connections.leave(wake)
  }

  /** The lane has ended. */
  leave(): void {
    const { contacts, wake } = this.#deps
    this.#share.connections.leave(wake)
    contacts.free(this.#answered.map(({ assignment }) => assignment.contact))
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

  /** With a connection that was reserved. */
  start(assignment: Assignment): void {
    if (!this.#turn) throw new Error('a request has no connection')
    this.#turn.used += 1
    const { connections } = this.#turn
    const isHurried = this.#isResting(assignment.contact)
    if (isHurried) this.#hurried += 1
    this.#deps.contacts.take(assignment.contact)
    const flight = this.#fly(assignment, connections).finally(() => {
      if (isHurried) this.#hurried -= 1
      this.#flights.delete(flight)
    })
    this.#flights.add(flight)
  }

  #isResting(contact: string): boolean {
    return (this.resting.get(contact)?.until ?? 0) > this.#deps.clock()
  }

  /** What ended clearly needs no rest; what has rested is forgotten, the oldest first. */
  #rests({ contact, plan }: Assignment, outcome: Outcome, sentAt: number): void {
    const { clock, windowMs, contacts } = this.#deps
    const { resting } = contacts
    resting.delete(contact)
    if (isUnclear(outcome)) resting.set(contact, { until: restEnd(sentAt, windowMs), sent: plan.fields })
    for (const [oldest, { until }] of resting) {
      if (until > clock()) return
      resting.delete(oldest)
    }
  }

  async #fly(assignment: Assignment, connections: Share['connections']): Promise<void> {
    const { client, confirmed, clock, dice, onAnswer } = this.#deps
    const sentAt = clock()
    const said: Said = { throttled: false, mayStillRun: false }
    const own = { ...client, send: (request: ApiRequest) => this.#sendCounted(request, said) }
    const { reply, outcome } = await send(own, assignment, { confirmed, clock })
    connections.end({ startedAt: sentAt, now: clock(), ...said })
    this.#rests(assignment, outcome, sentAt)
    this.#answered = [...this.#answered, { assignment, reply, outcome, sentAt, finishedAt: clock(), dice: dice() }]
    onAnswer(assignment.integration.id)
  }

  async #sendBeside(request: ApiRequest): Promise<Reply> {
    const { connections } = this.#share
    await connections.enter()
    const startedAt = this.#deps.clock()
    const said: Said = { throttled: false, mayStillRun: false }
    const reply = await this.#sendCounted(request, said)
    connections.end({ startedAt, now: this.#deps.clock(), ...said })
    return reply
  }

  async #sendCounted(request: ApiRequest, said: Said): Promise<Reply> {
    const { client, clock } = this.#deps
    const startedAt = clock()
    this.#governor = begin(this.#governor)
    const reply = await client.send(request)
    const throttled = isThrottled(reply, clock())
    const stillRuns = mayStillRun(reply)
    this.#governor = end(this.#governor, { startedAt, now: clock(), throttled, mayStillRun: stillRuns })
    said.throttled ||= throttled
    said.mayStillRun ||= stillRuns
    return reply
  }

  gauges(): { readonly inUse: number; readonly limit: number; readonly ghosts: number } {
    const { inFlight, limit, ghosts } = this.#governor
    return { inUse: inFlight, limit, ghosts: ghosts.filter(until => until > this.#deps.clock()).length }
  }
}
