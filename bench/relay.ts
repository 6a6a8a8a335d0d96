import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createEventMaker, type DidomiEvent, type EventMaker } from './events.ts'
import { callJson } from './http.ts'
import { chunksOf } from './numbers.ts'
import { startProgram, type Program } from './programs.ts'
import { AUDIENCE, startSimulator, type Simulator } from './simulator.ts'

const OWNER = 'the-owner-token-of-the-benchmarks'
const KEY = '0123456789abcdef0123456789abcdef-us6'

/** A source of the service, and where its events go. */
export type Source = {
  readonly id: string
  readonly webhookPath: string
  readonly token: string
  /** Its integration, when it has one. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Sends events through the API, many in one call. */
  submit(events: readonly DidomiEvent[]): Promise<void>
}

/** The service and a simulated Mailchimp, each a process of its own. */
export type Relay = {
  readonly service: Program
  readonly simulator: Simulator
  readonly eventOf: EventMaker
  /** A source that nobody reads, or one with an integration that upserts its one mapped field. */
  addSource(integration: 'none' | 'live' | 'paused', options?: object): Promise<Source>
  /** Resolves when nothing is due any more. */
  settled(): Promise<void>
  /** Stops the service, lets `work` at what it stored, and starts it again. */
  rest(work: (folder: string) => Promise<void>): Promise<void>
}

export async function withRelay<T>(latencyMs: number, use: (relay: Relay) => Promise<T>): Promise<T> {
  return withFolder(async folder => {
    const simulator = await startSimulator(latencyMs)
    let service = await startService(folder, simulator.url)
    const relay: Relay = {
      get service() {
        return service
      },
      simulator,
      eventOf: createEventMaker(),
      addSource: (integration, options = {}) => addSourceTo(() => service.url, { integration, options }),
      settled: () => settled(service.url),
      async rest(work) {
        await service.stop()
        await work(folder)
        service = await startService(folder, simulator.url)
      },
    }
    try {
      return await use(relay)
    } finally {
      await service.stop()
      await simulator.stop()
    }
  })
}

type Stats = { readonly deliveries: { readonly waiting: number; readonly sending: number } }

const ASK_AGAIN_MS = 250

async function settled(url: string): Promise<void> {
  const owing = async (): Promise<number> => {
    const { deliveries } = await callJson<Stats>(`${url}/v1/stats`, { token: OWNER })
    return deliveries.waiting + deliveries.sending
  }
  while ((await owing()) > 0) await pause(ASK_AGAIN_MS)
}

export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-bench-'))
  const clear = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', clear)
  try {
    return await use(folder)
  } finally {
    process.off('exit', clear)
    clear()
  }
}

export const startService = (folder: string, mailchimpUrl?: string): Promise<Program> =>
  startProgram(['serve'], {
    CONSENT_RELAY_PORT: '0',
    CONSENT_RELAY_DATA: folder,
    CONSENT_RELAY_BOOTSTRAP_TOKEN: OWNER,
    CONSENT_RELAY_LOG_LEVEL: 'warn',
    ...(mailchimpUrl === undefined ? {} : { CONSENT_RELAY_MAILCHIMP_URL: mailchimpUrl }),
  })

/** A body that holds facts may have 1 MiB, and these are 600 bytes each. */
const EVENTS_A_CALL = 1_000

type Made = { readonly id: string; readonly authentication: { readonly token: string } }

type Adding = { readonly integration: 'none' | 'live' | 'paused'; readonly options: object }

async function addSourceTo(url: () => string, { integration, options }: Adding): Promise<Source> {
  const post = <R>(path: string, body?: unknown) => callJson<R>(url() + path, { method: 'POST', token: OWNER, body })
  const made = await post<Made>('/v1/sources', { name: 'benchmark', authentication: { type: 'bearer' } })
  const document = { ...reading(made.id), options }
  const reader = integration === 'none' ? undefined : await post<{ id: string }>('/v1/integrations', document)
  const act = async (verb: 'pause' | 'resume'): Promise<void> => {
    if (!reader) throw new Error(`no integration to ${verb}`)
    await post(`/v1/integrations/${reader.id}/${verb}`)
  }
  if (integration === 'paused') await act('pause')
  return {
    id: made.id,
    webhookPath: `/webhooks/didomi/${made.id}`,
    token: made.authentication.token,
    pause: () => act('pause'),
    resume: () => act('resume'),
    async submit(events) {
      for (const part of chunksOf(events, EVENTS_A_CALL)) await post('/v1/events', { source_id: made.id, events: part })
    },
  }
}

const reading = (sourceId: string) => ({
  source_id: sourceId,
  type_id: 'mailchimp',
  authentication: { api_key: KEY, url: 'https://us6.admin.mailchimp.com/' },
  properties: { audience_id: AUDIENCE },
  mappings: [{ id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }],
  upsert_mode: true,
})
