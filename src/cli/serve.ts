import { type Command } from 'commander'
import { startApp } from '../app.ts'
import { readConfig, type Environment } from '../config.ts'

const FLAGS = {
  host: 'HOST',
  port: 'PORT',
  data: 'DATA',
  databaseUrl: 'DATABASE_URL',
  keyFile: 'KEY_FILE',
  publicUrl: 'PUBLIC_URL',
  mailchimpUrl: 'MAILCHIMP_URL',
  logLevel: 'LOG_LEVEL',
} as const

/** `serve`: runs until SIGTERM or SIGINT, then drains and exits 0. Prints one JSON line when it listens. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the service')
    .option('--host <address>', 'where it listens (CONSENT_RELAY_HOST)')
    .option('--port <number>', '0 picks a free one (CONSENT_RELAY_PORT)')
    .option('--data <folder>', 'embedded store and key file (CONSENT_RELAY_DATA)')
    .option('--database-url <url>', 'PostgreSQL instead of the embedded store (CONSENT_RELAY_DATABASE_URL)')
    .option('--key-file <file>', 'the key that seals secrets (CONSENT_RELAY_KEY_FILE)')
    .option('--public-url <url>', 'how the world reaches it (CONSENT_RELAY_PUBLIC_URL)')
    .option('--mailchimp-url <url>', 'simulator or proxy instead of Mailchimp (CONSENT_RELAY_MAILCHIMP_URL)')
    .option('--log-level <level>', "pino's levels (CONSENT_RELAY_LOG_LEVEL)")
    .action((flags: Readonly<Record<string, string | undefined>>) => serve(withFlags(process.env, flags)))
}

function withFlags(environment: Environment, flags: Readonly<Record<string, string | undefined>>): Environment {
  const given = Object.entries(FLAGS).flatMap(([flag, name]) =>
    flags[flag] === undefined ? [] : [[`CONSENT_RELAY_${name}`, flags[flag]] as const],
  )
  return { ...environment, ...Object.fromEntries(given) }
}

async function serve(environment: Environment): Promise<void> {
  // Before anything starts: a signal during the start must drain, too.
  const signal = signalled()
  const app = await startApp(readConfig(environment))
  if (app.setupLink !== undefined)
    console.error(`There is no account yet. This link makes the owner's, once: ${app.setupLink}`)
  console.log(JSON.stringify({ event: 'listening', url: app.url }))
  await Promise.race([signal, ousted(app.ousted)])
  await app.stop()
  if (app.ousted.aborted) throw new Error('lost the lock on the database: another instance may have taken over')
}

const signalled = (): Promise<void> =>
  new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })

const ousted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => signal.addEventListener('abort', () => resolve()))
