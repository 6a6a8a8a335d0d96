import { setTimeout as pause } from 'node:timers/promises'
import { median, percentile } from '../numbers.ts'
import { atMost, reported, type Measured, type Result } from '../results.ts'
import { CONTACTS, createFeed, EVENTS, type Said } from './feed.ts'
import { measure, type Measures } from './measure.ts'
import { byArrival, byTime, judgeVerdicts } from './oracle.ts'
import { readThenBulk } from './read-then-bulk.ts'
import { readThenWrite } from './read-then-write.ts'
import { relayed } from './relayed.ts'
import { EVENTS_A_SECOND, LATE_MS, LATENCY_MS, REAL_LATENCY_MS, SCALE } from './scale.ts'
import { serial } from './serial.ts'
import { tableOfWays } from './table.ts'
import { withTarget } from './target.ts'
import { type Way } from './way.ts'

const SEED = 20_261_123
const OURS = 'ours'

/** By name, with the connections that it may use. */
const WAYS: Readonly<Record<string, { readonly way: Way; readonly connections: number }>> = {
  'serial upserts': { way: serial, connections: 1 },
  'read, then write': { way: readThenWrite, connections: 10 },
  'read, then bulk': { way: readThenBulk, connections: 8 },
  [OURS]: { way: relayed, connections: 8 },
}

/**
 * The same events, the same failures, delivered in four ways, each to a Mailchimp of its own. All at once: they mostly
 * wait, and so other work on the machine disturbs them alike.
 */
export const compare = async (): Promise<Result[]> => {
  const feed = createFeed(SEED)
  const ended = await Promise.allSettled(
    Object.entries(WAYS).map(async ([name, { way, connections }]) =>
      resultsOf(name, await run(way, feed), connections),
    ),
  )
  // Not before the last one has stopped its processes.
  const measured = ended.flatMap(end => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
  const results = [ofFeed(feed), ...measured]
  process.stderr.write(`${tableOfWays(results)}\n`)
  return results
}

const run = (way: Way, feed: readonly Said[]): Promise<Measures> =>
  withTarget(async target => {
    const begunAt = await way({ target, feed })
    await pause(LATE_MS.long + 2 * LATENCY_MS + 500)
    return measure(target, feed, begunAt)
  })

const EVENTS_OVER_CONTACTS = `${EVENTS.toLocaleString('en-US')} events over ${CONTACTS.toLocaleString('en-US')} contacts`
const HOW = `${EVENTS_OVER_CONTACTS}, ${EVENTS_A_SECOND} a second at ${LATENCY_MS} ms latency: ${(EVENTS_A_SECOND / SCALE).toFixed(1)} a second at 0.3 s, made ${SCALE} times shorter`

const ofFeed = (feed: readonly Said[]): Result =>
  reported({
    name: 'compared, no way: contacts wrong if the last to arrive wins',
    value: judgeVerdicts(byTime(feed), byArrival(feed)).wrong,
    unit: 'contacts',
    how: `${HOW}; what the order of arrival alone does, without any failure`,
  })

function resultsOf(name: string, measures: Measures, connections: number): readonly Result[] {
  const row = (what: string, value: number, unit: string, how: string): Measured => ({
    name: `compared, ${name}: ${what}`,
    value,
    unit,
    how: `${HOW}; ${how}`,
  })
  // A promise of ours, and a property of the others.
  const none = (measured: Measured): Result => (name === OURS ? atMost(0, measured) : reported(measured))
  const { calls, seconds, times } = measures
  const leastMinutes = (calls * REAL_LATENCY_MS) / connections / 60_000
  const held = 'from the arrival of a newest choice until Mailchimp held it, if it did not already'
  return [
    none(row('contacts wrong at the end', measures.wrong, 'contacts', 'against the newest choices')),
    none(row('withdrawals lost', measures.withdrawalsLost, 'contacts', 'who withdrew, and Mailchimp says true')),
    none(row('429s caused', measures.throttled, 'answers', 'refused for want of a connection, injected ones left out')),
    reported(row('most in flight', measures.mostInFlight, 'requests', 'as Mailchimp counts, refused ones included')),
    reported(row('calls', calls, 'calls', "in the simulator's log")),
    reported(row('calls per contact', calls / CONTACTS, 'calls', 'every contact changed')),
    reported(row('least time at 0.3 s', leastMinutes, 'min', `calculated: calls × 0.3 s / ${connections} connections`)),
    reported(row('time until all was done', seconds, 's', 'from the first event to the end of the last call')),
    reported(row('event to Mailchimp, median', median(times) / 1_000, 's', held)),
    reported(row('event to Mailchimp, p99', percentile(times, 0.99) / 1_000, 's', held)),
  ]
}
