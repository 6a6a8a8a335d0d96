import type { Config, Environment } from '../config.ts'
import { usageFailure } from './exit.ts'
import { strangeNames } from './setting-names.ts'

/** Where the store is, for the commands that open it themselves. */
export const STORE_FLAGS = {
  data: { value: 'FOLDER', says: 'embedded store and key file (CONSENT_RELAY_DATA)' },
  'database-url': {
    value: 'URL',
    says: 'PostgreSQL instead of the embedded store (CONSENT_RELAY_DATABASE_URL)',
  },
} as const

type Flags = Readonly<Record<string, string | true | undefined>>

const flagOf = (setting: string): string => setting.toLowerCase().replaceAll('_', '-')
const settingOf = (flag: string): string => flag.toUpperCase().replaceAll('-', '_')

/**
 * The settings of an environment, and of flags, each of which is named like its variable and goes before it. A name that
 * is none is refused: what was to be set by it is not.
 */
export async function configOf(environment: Environment, flags: Flags): Promise<Config> {
  // The service is loaded when it is to run, so that its help need not wait for it.
  const { ConfigError, PREFIX, readConfig, SETTINGS } = await import('../config.ts')
  const given = Object.entries(flags).filter(([, value]) => value !== undefined)
  const byFlag = given.map(([flag, value]) => [PREFIX + settingOf(flag), value === true ? 'yes' : value] as const)
  const { unknown, ofKubernetes } = strangeNames(Object.keys(environment), { prefix: PREFIX, settings: SETTINGS })
  const called = (name: string): string => (flags[flagOf(name)] === undefined ? PREFIX + name : `--${flagOf(name)}`)
  const wrong = [...unknown]
  try {
    const config = readConfig({ ...environment, ...Object.fromEntries(byFlag) }, called)
    if (wrong.length === 0) {
      if (ofKubernetes.length > 0) console.error(`Ignored, as Kubernetes sets them: ${ofKubernetes.join(', ')}`)
      return config
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    wrong.push(error.message)
  }
  throw usageFailure(wrong.join('\n'))
}
