import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSimulator, type Simulator } from '../../simulator/simulator.ts'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { apiOf, type Api } from '../child.ts'
import { AUDIENCE, documentFor, event, KEY } from '../world.ts'

export { AUDIENCE, event, KEY }

/** As `npm test` built it. */
const CONSOLE = fileURLToPath(new URL('../../dist/console', import.meta.url))
const TOKEN = 'an owner token for tests, of 32 characters or more'.replaceAll(' ', '-')

/** The service as it is in real use, in this process: real time, a real port, the built console, a simulator. */
export type House = AsyncDisposable & {
  readonly url: string
  readonly setupLink: string
  readonly mailchimp: Simulator['control']
  /** Calls the API as an owner, beside the browser. */
  readonly api: Api
  /** A source with an integration of it, and a way to be Didomi for it. */
  integrates(changes?: Readonly<Record<string, unknown>>): Promise<Integrated>
}

type Integrated = {
  readonly id: string
  readonly sourceId: string
  receives(...records: readonly unknown[]): Promise<void>
}

type Made = { readonly id: string; readonly authentication: { readonly token: string } }

export async function startHouse(): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-house-'))
  const simulator = await createSimulator({ latencyMs: 5 })
  const mailchimp = simulator.control
  mailchimp.addMergeField(AUDIENCE, { tag: 'NEWS', type: 'text', name: 'Newsletter' })
  const config = readConfig({
    CONSENT_RELAY_PORT: '0',
    CONSENT_RELAY_DATA: folder,
    CONSENT_RELAY_BOOTSTRAP_TOKEN: TOKEN,
    CONSENT_RELAY_MAILCHIMP_URL: simulator.url,
    CONSENT_RELAY_LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
  })
  const app = await startApp(config, { consoleFolder: CONSOLE, passwordCost: { logN: 4, r: 8, p: 1 } })

  const api = apiOf(app.url, TOKEN)

  return {
    url: app.url,
    setupLink: app.setupLink ?? '',
    mailchimp,
    api,
    async integrates(changes = {}) {
      const source = { name: 'The shop', authentication: { type: 'bearer' } }
      const { id: sourceId, authentication } = (await api<Made>('POST', '/v1/sources', source)).body
      const made = await api<Made>(
        'POST',
        '/v1/integrations',
        documentFor(sourceId, { name: 'Newsletter', ...changes }),
      )
      if (made.status !== 201) throw new Error(`the integration was refused: ${JSON.stringify(made.body)}`)
      const receives = (...records: readonly unknown[]) =>
        tell(`${app.url}/webhooks/didomi/${sourceId}`, `Bearer ${authentication.token}`, records)
      return { id: made.body.id, sourceId, receives }
    },
    async [Symbol.asyncDispose]() {
      await app.stop()
      await simulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Is Didomi: posts each record to a webhook, with what it was given to prove itself. */
export async function tell(webhook: string, authorization: string, records: readonly unknown[]): Promise<void> {
  for (const record of records) {
    const answer = await fetch(webhook, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(record),
    })
    if (answer.status !== 202) throw new Error(`the webhook answered ${answer.status}`)
  }
}
