import { range } from './numbers.ts'
import { withRelay } from './relay.ts'
import { atMost, type Result } from './results.ts'

const EVENTS = 100_000
const CONTACTS = 10_000
const EVENTS_A_TURN = 10_000
const LATENCY_MS = 1

/** Many events for one contact cost one update. */
export const coalescing = (): Promise<Result[]> =>
  withRelay(LATENCY_MS, async ({ simulator, eventOf, addSource, settled }) => {
    // One by one, so that every update is a request in the simulator's log.
    const source = await addSource('paused', { bulk: 'off' })
    for (const turn of range(EVENTS / EVENTS_A_TURN)) {
      const granted = turn % 2 === 0
      await source.submit(range(EVENTS_A_TURN).map(index => eventOf({ person: index % CONTACTS, granted })))
    }
    await source.resume()
    await settled()
    return [
      atMost(CONTACTS, {
        name: `updates sent for ${EVENTS.toLocaleString('en-US')} events over ${CONTACTS.toLocaleString('en-US')} contacts`,
        value: (await simulator.writes()).length,
        unit: 'updates',
        how: "a tenth of the budget of 1,000,000 over 100,000: taken in while paused, then resumed until nothing was due; writes in the simulator's log",
      }),
    ]
  })
