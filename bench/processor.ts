import { assertAccepted, flood, openLines } from './load.ts'
import { range } from './numbers.ts'
import { withRelay, type Relay, type Source } from './relay.ts'
import { atMost, reported, type Result } from './results.ts'

const LATENCY_MS = 1
const WARM_UP = 1_000
const UPDATES = 5_000
const SENDERS = 50

type Cost = { readonly ingestMs: number; readonly deliverMs: number }

/** Processor time of the service, taking in and delivering apart. */
export const processor = (): Promise<Result[]> =>
  withRelay(LATENCY_MS, async relay => {
    const source = await relay.addSource('paused')
    await costOf(relay, source, range(WARM_UP))
    const { ingestMs, deliverMs } = await costOf(relay, source, range(UPDATES, WARM_UP))
    return [
      atMost(1, {
        name: 'processor time per delivered update',
        value: deliverMs / UPDATES,
        unit: 'ms',
        how: `user + system time of all threads of the service from resuming until ${UPDATES} updates were applied, taken in before, ${LATENCY_MS} ms latency`,
      }),
      reported({
        name: 'processor time per webhook taken in',
        value: ingestMs / UPDATES,
        unit: 'ms',
        how: `the same while ${UPDATES} webhooks of one event came in over ${SENDERS} connections, integration paused`,
      }),
    ]
  })

/** Takes in one event of each of these people while paused, then delivers them; leaves the source paused. */
export async function costOf(
  { service, simulator, eventOf }: Relay,
  source: Source,
  people: readonly number[],
  granted = true,
): Promise<Cost> {
  const { writes_applied: before } = await simulator.stats()
  const bodies = people.map(person => JSON.stringify(eventOf({ person, granted })))
  const lines = await openLines(service.url, source, SENDERS)
  const atFirst = await service.cpuMs()
  assertAccepted(await flood(lines, () => bodies.pop()))
  const takenIn = await service.cpuMs()
  lines.forEach(line => line.close())
  await source.resume()
  await simulator.applied(before + people.length)
  const delivered = await service.cpuMs()
  await source.pause()
  return { ingestMs: takenIn - atFirst, deliverMs: delivered - takenIn }
}
