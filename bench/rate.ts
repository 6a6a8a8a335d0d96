import { range } from './numbers.ts'
import { withRelay } from './relay.ts'
import { atLeast, type Result } from './results.ts'

const DEBTS = 240
const LATENCY_MS = 300
/** The default of an integration. */
const CONNECTIONS = 8

/** How much of what Mailchimp's connections allow is used. */
export const rate = (): Promise<Result[]> =>
  withRelay(LATENCY_MS, async ({ simulator, eventOf, addSource }) => {
    const source = await addSource('paused')
    await source.submit(range(DEBTS).map(person => eventOf({ person, granted: true })))
    await source.resume()
    await simulator.applied(DEBTS)
    const writes = await simulator.writes()
    const begun = Math.min(...writes.map(({ arrived_at }) => arrived_at))
    const ended = Math.max(...writes.map(({ answered_at }) => answered_at ?? Infinity))
    const perSecond = (DEBTS * 1_000) / (ended - begun)
    return [
      atLeast(0.97, {
        name: 'delivery rate against the limit at 0.3 s latency',
        value: perSecond / ((CONNECTIONS * 1_000) / LATENCY_MS),
        unit: 'of the limit',
        how: `${DEBTS} debts made while paused, then resumed; from the first write's arrival to the last one's answer in the simulator's log, against ${CONNECTIONS} connections / ${LATENCY_MS} ms`,
      }),
    ]
  })
