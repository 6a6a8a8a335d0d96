import { allAccepted, flood, openLines } from './load.ts'
import { range } from './numbers.ts'
import { withRelay } from './relay.ts'
import { atMost, reported, type Result } from './results.ts'

const CONTACTS = 500
const LATENCY_MS = 20
const SENDERS = 8

/** What one changed contact costs of Mailchimp's patience. */
export const calls = (): Promise<Result[]> =>
  withRelay(LATENCY_MS, async ({ service, simulator, eventOf, addSource, settled }) => {
    const source = await addSource('live')
    const before = (await simulator.stats()).calls
    const lines = await openLines(service.url, source, SENDERS)
    const people = range(CONTACTS)
    const answered = await flood(lines, () => {
      const person = people.shift()
      return person === undefined ? undefined : JSON.stringify(eventOf({ person, granted: true }))
    })
    lines.forEach(line => line.close())
    if (!allAccepted(answered)) throw new Error('not every webhook was accepted')
    await settled()
    const after = await simulator.stats()
    const writes = (await simulator.writes()).length
    const how = `${CONTACTS} contacts, one live webhook each from ${SENDERS} senders, ${LATENCY_MS} ms latency`
    return [
      atMost(1, {
        name: 'calls per changed contact, live: writes',
        value: writes / CONTACTS,
        unit: 'calls',
        how: `${how}; writes in the simulator's log`,
      }),
      reported({
        name: 'calls per changed contact, live: with all reads',
        value: (after.calls - before) / CONTACTS,
        unit: 'calls',
        how: `${how}; every call after the integration was made`,
      }),
    ]
  })
