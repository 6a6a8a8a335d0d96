import type { Config } from '../../config.ts'
import { leaf } from '../command.ts'
import { EXIT, Failure } from '../exit.ts'
import { configOf, STORE_FLAGS } from '../store-flags.ts'

const FLAGS = {
  host: { value: 'ADDRESS', says: 'where it listens (CONSENT_RELAY_HOST)' },
  port: { value: 'NUMBER', says: '0 picks a free one (CONSENT_RELAY_PORT)' },
  ...STORE_FLAGS,
  'key-file': { value: 'FILE', says: 'the key that seals secrets (CONSENT_RELAY_KEY_FILE)' },
  'public-url': { value: 'URL', says: 'how the world reaches it (CONSENT_RELAY_PUBLIC_URL)' },
  'trusted-proxies': { value: 'LIST', says: 'whose X-Forwarded-For counts (CONSENT_RELAY_TRUSTED_PROXIES)' },
  'mailchimp-url': { value: 'URL', says: 'simulator or proxy instead of Mailchimp (CONSENT_RELAY_MAILCHIMP_URL)' },
  'accept-upgrade': { says: 'write what an upgrade grants, too (CONSENT_RELAY_ACCEPT_UPGRADE=yes)' },
  'new-store': { says: 'begin a new store though there is a key, once (CONSENT_RELAY_NEW_STORE=yes)' },
  'log-level': { value: 'LEVEL', says: "pino's levels (CONSENT_RELAY_LOG_LEVEL)" },
} as const

/** `serve`: runs until SIGTERM or SIGINT, then drains and exits 0. Prints one JSON line when it listens. */
export const command = leaf({
  examples: [
    ['consent-relay serve', 'on 127.0.0.1:8080, with its data in ./data'],
    ['consent-relay serve --port 0 --data /var/lib/consent-relay', 'on a free port, with its data elsewhere'],
    ['CONSENT_RELAY_DATABASE_URL=postgres://… consent-relay serve', 'on PostgreSQL'],
  ],
  flags: FLAGS,
  notes: 'Prints one line of JSON when it listens. Logs go to standard error. SIGTERM drains and ends it.',
  run: async ({ flags }) => {
    await serve(await configOf(process.env, flags))
    return EXIT.done
  },
})

async function serve(config: Config): Promise<void> {
  // Before anything starts: a signal during the start must drain, too.
  const signal = signalled()
  const { startApp } = await import('../../app.ts')
  const app = await Promise.race([startApp(config), signal.then(() => undefined)])
  if (!app) {
    console.error('it was asked to stop before it had started; the next start takes up what was under way')
    process.exit(EXIT.done)
  }
  if (app.setupLink !== undefined)
    console.error(`There is no account yet. This link makes the owner's, once: ${app.setupLink}`)
  console.log(JSON.stringify({ event: 'listening', url: app.url }))
  await Promise.race([signal, aborted(app.failed)])
  if (app.failed.aborted) return endFailed(app, `it cannot serve any more: ${messageOf(app.failed.reason)}`)
  const cut = await app.stop()
  if (!cut) return
  console.error(`the stop was cut short at ${cut.step} after ${cut.waitedMs} ms: ${WHY[cut.reason]}`)
  // What could not be let go of would keep the process.
  process.exit(EXIT.failed)
}

const WHY = {
  store_silent: 'the store does not answer; what was acknowledged is in it, and the next start takes up the rest',
  too_long: 'it took too long; the next start takes up what was under way',
} as const

/** What is on disk is whole at any moment, so ending at once loses nothing that a supervisor's new start does not find. */
const FAREWELL_MS = 5_000

/** R32: says why and ends, also when what failed keeps the stop from its end. */
async function endFailed(app: { stop(): Promise<unknown> }, why: string): Promise<void> {
  console.error(why)
  const ending = setTimeout(() => process.exit(EXIT.failed), FAREWELL_MS)
  await app.stop().catch(() => undefined)
  ending.unref()
  throw new Failure(EXIT.failed, 'it ended because of that')
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const signalled = (): Promise<void> =>
  new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
