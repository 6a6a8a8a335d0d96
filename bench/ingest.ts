import { hash } from 'node:crypto'
import { createTelemetry } from '../src/telemetry.ts'
import { createLog } from '../src/log.ts'
import { createIngest } from '../src/pipeline/intake/ingest.ts'
import { type Database } from '../src/store/engine/database.ts'
import { createIds } from '../src/store/engine/ids.ts'
import { createEventMaker } from './events.ts'
import { assertAccepted, flood, openLines } from './load.ts'
import { chunksOf, median, range } from './numbers.ts'
import { withFolder, withRelay, type Relay, type Source } from './relay.ts'
import { atLeast, reported, type Result } from './results.ts'
import { createReader, furnish, insertGroup, openStore } from './store.ts'

const ROUNDS = 3
const GROUP = 500
const EVENTS_A_ROUND = 10_000
const HTTP_SECONDS = 4
const CONNECTIONS = 64
const LATENCY_MS = 20

/** Events a second, each way. */
type Round = { readonly bare: number; readonly piped: number; readonly owing: number; readonly unread: number }

/** How fast events are taken in: over HTTP, by the pipeline alone, and by the bare store for comparison. */
export const ingest = (): Promise<Result[]> =>
  withFolder(bareFolder =>
    withFolder(pipedFolder =>
      withRelay(LATENCY_MS, async relay => {
        const [bare, piped] = [await openStore(bareFolder), await openStore(pipedFolder)]
        const sourceId = await furnish(bare)
        await furnish(piped)
        let accepted = 0
        const onAccepted = (events: number): void => void (accepted += events)
        const ways = {
          bare: bareWay(bare, sourceId),
          piped: pipedWay(piped, sourceId),
          owing: webhookWay(relay, { source: await relay.addSource('paused'), onAccepted }),
          unread: webhookWay(relay, { source: await relay.addSource('none'), onAccepted }),
        }
        const rounds: Round[] = []
        for (const turn of range(ROUNDS + 1)) {
          const round = {
            bare: await ways.bare(),
            piped: await ways.piped(),
            owing: await ways.owing(),
            unread: await ways.unread(),
          }
          // The first one only warms up.
          if (turn > 0) rounds.push(round)
        }
        await bare.close()
        await piped.close()
        await assertStored(pipedFolder, (ROUNDS + 1) * EVENTS_A_ROUND)
        await relay.rest(folder => assertStored(folder, accepted))
        return resultsOf(rounds)
      }),
    ),
  )

type Way = () => Promise<number>

/** The next round's webhook bodies, of people who were not heard of before. */
function createBodies(): () => string[] {
  const eventOf = createEventMaker()
  let person = 0
  return () => range(EVENTS_A_ROUND).map(() => JSON.stringify(eventOf({ person: person++, granted: true })))
}

function bareWay(db: Database, sourceId: string): Way {
  const bodies = createBodies()
  const read = createReader(sourceId)
  return async () => {
    const groups = chunksOf(bodies().map(read), GROUP)
    const begun = performance.now()
    for (const group of groups) await insertGroup(db, sourceId, group)
    return perSecond(EVENTS_A_ROUND, begun)
  }
}

function pipedWay(db: Database, sourceId: string): Way {
  const bodies = createBodies()
  const telemetry = createTelemetry(createLog('silent'))
  const deps = { db, clock: Date.now, newId: createIds(Date.now), telemetry }
  const pipeline = createIngest({
    ...deps,
    onOwed: () => undefined,
    clockOff: () => 0,
    keyedHash: text => hash('sha256', text),
    durability: { isSure: () => true, committed: () => undefined },
  })
  return async () => {
    const queue = bodies().map(body => Buffer.from(body))
    const begun = performance.now()
    const keepSending = async (): Promise<void> => {
      for (let raw = queue.pop(); raw; raw = queue.pop())
        await pipeline.receive({ sourceId, bytes: raw, contentEncoding: '' })
    }
    await Promise.all(range(2 * GROUP).map(keepSending))
    return perSecond(EVENTS_A_ROUND, begun)
  }
}

type Sent = { readonly source: Source; readonly onAccepted: (events: number) => void }

function webhookWay({ service, eventOf }: Relay, { source, onAccepted }: Sent): Way {
  let person = 0
  return async () => {
    const lines = await openLines(service.url, source, CONNECTIONS)
    const begun = performance.now()
    const until = begun + HTTP_SECONDS * 1_000
    const next = () =>
      performance.now() < until ? JSON.stringify(eventOf({ person: person++, granted: true })) : undefined
    const answered = await flood(lines, next)
    lines.forEach(line => line.close())
    assertAccepted(answered)
    onAccepted(answered.length)
    return perSecond(answered.length, begun)
  }
}

/** What cannot be read is accepted, too, and far sooner: such a rate would be no rate of ours. */
async function assertStored(folder: string, events: number): Promise<void> {
  const db = await openStore(folder)
  const [found] = await db.query<{ facts: number }>('select count(*) as facts from fact')
  await db.close()
  if (found?.facts !== events) throw new Error(`of ${events} events ${found?.facts} became facts`)
}

const perSecond = (count: number, begun: number): number => (count * 1_000) / (performance.now() - begun)

function resultsOf(rounds: readonly Round[]): Result[] {
  const rates = (way: keyof Round): number => median(rounds.map(round => round[way]))
  const ratio = (way: keyof Round): number => median(rounds.map(round => round[way] / round.bare))
  const http = `one event a request over ${CONNECTIONS} connections from a generator on the same processors, all 202, ${HTTP_SECONDS} s at a time, median of ${ROUNDS} rounds taken in turn`
  const bare = `the same four inserts in groups of ${GROUP} through the store's driver, no HTTP and no parsing, ratio in each of ${ROUNDS} rounds taken in turn, median`
  return [
    atLeast(3_000, {
      name: 'durable ingest over HTTP, one paused integration',
      value: rates('owing'),
      unit: 'events/s',
      how: http,
    }),
    reported({ name: 'durable ingest over HTTP, no integration', value: rates('unread'), unit: 'events/s', how: http }),
    atLeast(0.6, {
      name: 'durable ingest against the bare store driver',
      value: ratio('piped'),
      unit: 'of its rate',
      how: `the pipeline with ${2 * GROUP} webhooks waiting, parsing included; ${bare}`,
    }),
    reported({
      name: 'durable ingest over HTTP against the bare store driver',
      value: ratio('owing'),
      unit: 'of its rate',
      how: `load generator and HTTP included; ${bare}`,
    }),
    reported({ name: 'the bare store driver', value: rates('bare'), unit: 'events/s', how: bare }),
  ]
}
