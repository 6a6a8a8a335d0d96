import { setTimeout as pause } from 'node:timers/promises'
import { type EventMaker } from './events.ts'
import { openLines } from './load.ts'
import { median, percentile, range } from './numbers.ts'
import { withRelay } from './relay.ts'
import { atMost, type Result } from './results.ts'

const WARM_UP = 50
const EVENTS = 200
const LATENCY_MS = 20
/** Between a delivery and the next event: the service has written down the one before. */
const REST_MS = 20

/** What the service adds to Mailchimp's own latency when it has nothing else to do. */
export const idle = (): Promise<Result[]> =>
  withRelay(LATENCY_MS, async ({ service, simulator, eventOf, addSource }) => {
    const source = await addSource('live')
    const [line] = await openLines(service.url, source, 1)
    if (!line) throw new Error('no connection')
    const sentAt: number[] = []
    for (const person of range(WARM_UP + EVENTS)) {
      sentAt.push(Date.now())
      const status = await line.send(bodyOf(eventOf, person))
      if (status !== 202) throw new Error(`a webhook was answered ${status}`)
      await simulator.applied(person + 1)
      await pause(REST_MS)
    }
    line.close()
    const writes = await simulator.writes()
    const added = writes.map(({ arrived_at }, index) => arrived_at - (sentAt[index] ?? NaN)).slice(WARM_UP)
    const how = `${EVENTS} webhooks one after the other, each after the one before was delivered; accepted at the simulator minus webhook begun minus the time the simulator itself took, one clock, whole milliseconds`
    return [
      atMost(30, {
        name: "webhook to accepted, idle, over Mailchimp's latency: median",
        value: median(added),
        unit: 'ms',
        how,
      }),
      atMost(150, {
        name: "webhook to accepted, idle, over Mailchimp's latency: p99",
        value: percentile(added, 0.99),
        unit: 'ms',
        how,
      }),
    ]
  })

const bodyOf = (eventOf: EventMaker, person: number): string => JSON.stringify(eventOf({ person, granted: true }))
