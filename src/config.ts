import { readFileSync } from 'node:fs'
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

/** What can be set, each as CONSENT_RELAY_<name>; a secret also as CONSENT_RELAY_<name>_FILE, the file that holds it. */
export const SETTINGS = [
  'HOST',
  'PORT',
  'DATA',
  'DATABASE_URL',
  'DATABASE_URL_FILE',
  'KEY_FILE',
  'PUBLIC_URL',
  'TRUSTED_PROXIES',
  'BOOTSTRAP_TOKEN',
  'BOOTSTRAP_TOKEN_FILE',
  'MAILCHIMP_URL',
  'LOG_LEVEL',
  'WINDOW_SECONDS',
  'ACCEPT_UPGRADE',
  'NEW_STORE',
] as const
type Setting = (typeof SETTINGS)[number]

export const PREFIX = 'CONSENT_RELAY_'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * Reads the settings. Reports everything that is wrong at once, and never puts a default in place of a mistake. `called`
 * gives the name under which a setting was set.
 */
export function readConfig(environment: Environment, called = (name: Setting): string => PREFIX + name): Config {
  const wrong: string[] = []
  const own = (name: Setting): string | undefined => {
    const value = environment[PREFIX + name]
    if (value === undefined || value === '') return undefined
    if (!isOneLine(value)) wrong.push(`${called(name)} ${ONE_LINE_REMEDY}`)
    return value.trim()
  }
  const judged = (name: Setting, value: string | undefined, { isRight, remedy }: Check): string | undefined => {
    if (value !== undefined && !isRight(value)) wrong.push(`${called(name)} ${remedy}`)
    return value
  }
  const checked = (name: Setting, isRight: (value: string) => boolean, remedy: string): string | undefined =>
    judged(name, own(name), { isRight, remedy })
  const secret = (name: Secret, isRight: (value: string) => boolean, remedy: string): string | undefined => {
    const place = `${name}_FILE` as const
    const [value, file] = [own(name), own(place)]
    if (file === undefined) return judged(name, value, { isRight, remedy })
    if (value !== undefined) wrong.push(`${called(name)} and ${called(place)} are both set: leave one of them out`)
    const held = heldIn(file)
    if (held.text === undefined) wrong.push(`${called(place)} ${held.why}`)
    return judged(place, held.text, { isRight, remedy: `names a file whose content ${remedy}` })
  }
  const isYes = (name: Setting): boolean => checked(name, text => text === 'yes', 'must be yes, or left out') === 'yes'
  const dataFolder = own('DATA') ?? './data'
  const config: Config = {
    host: own('HOST') ?? '127.0.0.1',
    port: Number(checked('PORT', isPort, portRemedy(environment[`${PREFIX}PORT`])) ?? 8080),
    dataFolder,
    databaseUrl: secret('DATABASE_URL', isPostgresUrl, 'must be a postgres:// URL'),
    keyFile: own('KEY_FILE') ?? join(dataFolder, 'key'),
    publicUrl: withoutSlash(checked('PUBLIC_URL', isWebUrl, 'must be an http:// or https:// URL')),
    trustedProxies: listed(checked('TRUSTED_PROXIES', areNetworks, NETWORKS_REMEDY)),
    bootstrapToken: secret('BOOTSTRAP_TOKEN', text => text.length >= 32, 'must have at least 32 characters'),
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

type Secret = 'DATABASE_URL' | 'BOOTSTRAP_TOKEN'
type Check = { readonly isRight: (value: string) => boolean; readonly remedy: string }

// An editor, a shell or a template leaves these behind, and a value with one of them works until it is compared.
const isOneLine = (value: string): boolean => value.trim() === value && !/[\r\n]/.test(value)
const ONE_LINE_REMEDY = 'must be one line without blanks or carriage returns at its ends'

/** The secret in a file, without the line break at its end. */
function heldIn(file: string): { readonly text?: string; readonly why?: string } {
  try {
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    if (text === '') return { why: 'names an empty file' }
    return isOneLine(text) ? { text } : { why: `names a file whose content ${ONE_LINE_REMEDY}` }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error'
    return { why: `names a file that cannot be read (${code})` }
  }
}

const portRemedy = (given: string | undefined): string =>
  given?.includes('://') === true
    ? 'must be a port from 0 to 65535. Kubernetes sets it for a Service of this name: put enableServiceLinks: false into the pod'
    : 'must be a port from 0 to 65535'

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
