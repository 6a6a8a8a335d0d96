import { isIP } from 'node:net'
import { join } from 'node:path'
import { SECOND } from './domain/instant.ts'
import { WINDOW_LENGTH } from './domain/window.ts'

export type Config = {
  readonly host: string
  readonly port: number
  readonly dataFolder: string
  readonly databaseUrl: string | undefined
  readonly keyFile: string
  readonly publicUrl: string | undefined
  /** Addresses and networks of proxies whose `X-Forwarded-For` names the client. */
  readonly trustedProxies: readonly string[]
  readonly bootstrapToken: string | undefined
  readonly mailchimpUrl: string | undefined
  readonly logLevel: string
  /** How long Mailchimp may still apply a request of unknown outcome after it left (R22). */
  readonly windowMs: number
  /** What an upgrade grants is written, too. */
  readonly acceptUpgrade: boolean
  /** A new store is made though there is the key of one (R32). */
  readonly newStore: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Settings that cannot be used, each with its name and the remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Reads the settings. Reports everything that is wrong at once, and never puts a default in place of a mistake. */
export function readConfig(environment: Environment): Config {
  const wrong: string[] = []
  const own = (name: string): string | undefined => {
    const value = environment[`CONSENT_RELAY_${name}`]
    return value === undefined || value === '' ? undefined : value
  }
  const checked = (name: string, isRight: (value: string) => boolean, remedy: string): string | undefined => {
    const value = own(name)
    if (value !== undefined && !isRight(value)) wrong.push(`CONSENT_RELAY_${name} ${remedy}`)
    return value
  }
  const isYes = (name: string): boolean => checked(name, text => text === 'yes', 'must be yes, or left out') === 'yes'
  const dataFolder = own('DATA') ?? './data'
  const config: Config = {
    host: own('HOST') ?? '127.0.0.1',
    port: Number(checked('PORT', isPort, 'must be a port from 0 to 65535') ?? 8080),
    dataFolder,
    databaseUrl: checked('DATABASE_URL', isPostgresUrl, 'must be a postgres:// URL'),
    keyFile: own('KEY_FILE') ?? join(dataFolder, 'key'),
    publicUrl: withoutSlash(checked('PUBLIC_URL', isWebUrl, 'must be an http:// or https:// URL')),
    trustedProxies: listed(checked('TRUSTED_PROXIES', areNetworks, NETWORKS_REMEDY)),
    bootstrapToken: checked('BOOTSTRAP_TOKEN', text => text.length >= 32, 'must have at least 32 characters'),
    mailchimpUrl: origin(checked('MAILCHIMP_URL', isSafeBase, 'must be an https:// URL, or http:// to loopback')),
    logLevel:
      checked('LOG_LEVEL', text => LOG_LEVELS.includes(text), `must be one of ${LOG_LEVELS.join(', ')}`) ?? 'info',
    windowMs:
      SECOND *
      Number(
        checked('WINDOW_SECONDS', isWindow, 'must be a number of seconds from 0 to 3600') ?? WINDOW_LENGTH / SECOND,
      ),
    acceptUpgrade: isYes('ACCEPT_UPGRADE'),
    newStore: isYes('NEW_STORE'),
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'))
  return config
}

const NETWORKS_REMEDY = 'must be addresses or networks with commas between them, such as 127.0.0.1,10.0.0.0/8'
const listed = (text: string | undefined): readonly string[] => text?.split(',').map(each => each.trim()) ?? []
const areNetworks = (text: string): boolean => listed(text).every(isNetwork)

/** A network of everybody would make every client its own proxy. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const kind = isIP(address)
  if (kind === 0 || rest.length > 0) return false
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128))
}

const isWindow = (text: string): boolean => /^\d{1,4}(\.\d{1,3})?$/.test(text) && Number(text) <= 3_600
const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535

function parsed(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

const isPostgresUrl = (text: string): boolean => ['postgres:', 'postgresql:'].includes(parsed(text)?.protocol ?? '')
const isWebUrl = (text: string): boolean => ['http:', 'https:'].includes(parsed(text)?.protocol ?? '')

/** A key sent in clear text must not leave this machine. */
function isSafeBase(text: string): boolean {
  const url = parsed(text)
  if (!url || !['', '/', '/3.0', '/3.0/'].includes(url.pathname)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

const isLoopback = (host: string): boolean => /^127(\.\d{1,3}){3}$/.test(host) || ['localhost', '[::1]'].includes(host)

const withoutSlash = (url: string | undefined): string | undefined => url?.replace(/^(|.*[^/])\/*$/s, '$1')
const origin = (url: string | undefined): string | undefined => (url === undefined ? undefined : parsed(url)?.origin)
