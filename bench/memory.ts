import { setTimeout as pause } from 'node:timers/promises'
import { assertAccepted, flood, openLines } from './load.ts'
import { range } from './numbers.ts'
import { withRelay, type Relay, type Source } from './relay.ts'
import { atMost, reported, type Result } from './results.ts'
import { invent, openStore } from './store.ts'

const DEBTS = 1_000_000
/** Those that come first have something to be delivered. */
const FACTS = 200_000
const WEBHOOKS = 5_000
const SENDERS = 50
const LATENCY_MS = 20
const DELIVERING_MS = 15_000

/** What a mountain of debts costs in memory: they are rows, so little more than without. */
export const memory = (): Promise<Result[]> =>
  withRelay(LATENCY_MS, async relay => {
    const source = await relay.addSource('paused')
    const body = JSON.stringify(relay.eventOf({ person: 0, granted: true }))
    await relay.rest(async folder => {
      const db = await openStore(folder)
      await invent(db, { sourceId: source.id, body, facts: FACTS, people: DEBTS, debts: 'waiting' })
      await db.close()
    })
    const before = await relay.service.memory()
    await takeMore(relay, source)
    const paused = await relay.service.memory()
    await source.resume()
    await pause(DELIVERING_MS)
    const delivering = await relay.service.memory()
    const name = `memory with ${DEBTS.toLocaleString('en-US')} debts due`
    return [
      atMost(300, {
        name: `${name}: peak`,
        value: delivering.peakMiB,
        unit: 'MiB',
        how: `largest resident set of the service (VmHWM) from its start on a store made so (${FACTS.toLocaleString('en-US')} facts), over ${WEBHOOKS.toLocaleString('en-US')} webhooks while paused and ${DELIVERING_MS / 1_000} s of delivering`,
      }),
      reported({ name: `${name}: just started`, value: before.nowMiB, unit: 'MiB', how: 'resident set (VmRSS) then' }),
      reported({ name: `${name}: after the webhooks`, value: paused.nowMiB, unit: 'MiB', how: 'the same' }),
      reported({ name: `${name}: delivering`, value: delivering.nowMiB, unit: 'MiB', how: 'the same' }),
    ]
  })

async function takeMore({ service, eventOf }: Relay, source: Source): Promise<void> {
  const lines = await openLines(service.url, source, SENDERS)
  const bodies = range(WEBHOOKS).map(person => JSON.stringify(eventOf({ person, granted: false })))
  assertAccepted(await flood(lines, () => bodies.pop()))
  lines.forEach(line => line.close())
}
