import { assertAccepted, flood, openLines, steadily, took } from './load.ts'
import { median, percentile, range } from './numbers.ts'
import { withRelay, type Relay, type Source } from './relay.ts'
import { atMost, reported, type Result } from './results.ts'

const LATENCY_MS = 20
const PER_SECOND = 200
const SECONDS = 20
const STEADY_LINES = 50
const AT_ONCE = 10_000
const BURST_LINES = 200

/** How webhooks are answered at a steady rate and in a wave, while everything is delivered beside. */
export const burst = (): Promise<Result[]> =>
  withRelay(LATENCY_MS, async relay => {
    const source = await relay.addSource('live')
    return [...(await steady(relay, source)), await wave(relay, source)]
  })

async function steady({ service, eventOf, settled }: Relay, source: Source): Promise<Result[]> {
  const lines = await openLines(service.url, source, STEADY_LINES)
  const bodies = range(PER_SECOND * SECONDS).map(person => () => JSON.stringify(eventOf({ person, granted: true })))
  const answered = await steadily(lines, { bodies, perSecond: PER_SECOND })
  lines.forEach(line => line.close())
  assertAccepted(answered)
  await settled()
  const times = answered.map(took)
  const name = `answer to a webhook at a steady ${PER_SECOND}/s`
  const how = `${SECONDS} s with every event delivered beside it at ${LATENCY_MS} ms latency; from when it was to be sent, so a late one counts in full`
  return [
    atMost(150, { name: `${name}: p99`, value: percentile(times, 0.99), unit: 'ms', how }),
    reported({ name: `${name}: median`, value: median(times), unit: 'ms', how }),
  ]
}

async function wave({ service, eventOf }: Relay, source: Source): Promise<Result> {
  const lines = await openLines(service.url, source, BURST_LINES)
  const bodies = range(AT_ONCE, PER_SECOND * SECONDS).map(person => JSON.stringify(eventOf({ person, granted: true })))
  const begun = performance.now()
  const answered = await flood(lines, () => bodies.pop())
  const seconds = (performance.now() - begun) / 1_000
  lines.forEach(line => line.close())
  assertAccepted(answered)
  return atMost(15, {
    name: `${AT_ONCE.toLocaleString('en-US')} events at once: all answered 202 within`,
    value: seconds,
    unit: 's',
    how: `one event a request over ${BURST_LINES} connections, deliveries going on beside`,
  })
}
