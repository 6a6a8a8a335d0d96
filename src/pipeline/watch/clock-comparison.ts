import {
  correctionBy,
  differenceIn,
  ENOUGH_OF_DATABASE,
  MUCH_OFF,
  spanOf,
  withSpan,
  type Span,
} from '../../domain/clock-difference.ts'
import { SECOND } from '../../domain/instant.ts'
import { type Telemetry } from '../../telemetry.ts'

/** The clocks that this service's own is compared with. */
type OtherClock = 'mailchimp' | 'database'

type ClockComparison = {
  /** Begins a question to Mailchimp; what it returns takes the whole second that the answer was dated with. */
  asking(): (named: number) => void
  /** The same for the database, which names milliseconds. The embedded one has no clock of its own. */
  askingDatabase(): (named: number | undefined) => void
  /** By how much each other clock is ahead of the time of this service, in ms; of those that are known. */
  differences(): ReadonlyMap<OtherClock, number>
  /** R10: what the time of a receipt is corrected by. */
  clockOff(): number
  /** The process before this one leaves to go by that the time of the service is behind by so much. */
  resume(ms: number): void
  /** Tells of each clock that differs much, once, and when it does not any more. */
  check(): void
}

type ComparisonDeps = {
  readonly clock: () => number
  readonly monotonic: () => number
  readonly telemetry: Pick<Telemetry, 'clockDiffers' | 'clockAgrees'>
}

/** R31: compares the clock of this service with those of others. */
export function createClockComparison({ clock, monotonic, telemetry }: ComparisonDeps): ClockComparison {
  let answers: readonly Span[] = []
  let ofDatabase: readonly Span[] = []
  /** By how much the right time is ahead of the monotonic clock, as the process before left it. */
  let noted = -Infinity
  const told = new Set<OtherClock>()

  /** Begins a question; what it returns takes the answer. */
  function ask(precision: number, hear: (span: Span) => void): (named: number) => void {
    const askedAt = monotonic()
    return named => hear(spanOf({ askedAt, answeredAt: monotonic(), named, precision }))
  }

  const lead = (): number => clock() - monotonic()

  function differences(): ReadonlyMap<OtherClock, number> {
    const found: [OtherClock, number | undefined][] = [
      ['mailchimp', differenceIn(answers, lead())],
      ['database', differenceIn(ofDatabase, lead(), ENOUGH_OF_DATABASE)],
    ]
    return new Map(found.flatMap(([other, ms]) => (ms === undefined ? [] : [[other, ms]])))
  }

  return {
    asking: () => ask(SECOND, span => (answers = withSpan(answers, span))),
    askingDatabase() {
      const hear = ask(1, span => (ofDatabase = [span]))
      return named => void (named === undefined || hear(named))
    },
    differences,
    clockOff() {
      const known = differences()
      return correctionBy({
        mailchimp: known.get('mailchimp'),
        database: known.get('database'),
        noted: Math.max(0, Math.round(noted - lead())),
      })
    },
    resume: ms => void (noted = lead() + ms),
    check() {
      for (const [other, ms] of differences()) {
        const isOff = Math.abs(ms) >= MUCH_OFF
        if (isOff && !told.has(other)) telemetry.clockDiffers({ from: other, ms })
        if (!isOff && told.delete(other)) telemetry.clockAgrees({ with: other })
        if (isOff) told.add(other)
      }
    },
  }
}
