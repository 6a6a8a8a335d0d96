import type { Config, Environment } from '../config.ts'
import { usageFailure } from './exit.ts'

/** Where the store is, for the commands that open it themselves. */
export const STORE_FLAGS = {
  data: { value: 'FOLDER', says: 'embedded store and key file (CONSENT_RELAY_DATA)' },
  'database-url': {
    value: 'URL',
    says: 'PostgreSQL instead of the embedded store (CONSENT_RELAY_DATABASE_URL)',
  },
} as const

/** A flag is named like its variable. */
export function withFlags(
  environment: Environment,
  flags: Readonly<Record<string, string | true | undefined>>,
): Environment {
  const own = Object.entries(flags).map(
    ([flag, value]) =>
      [`CONSENT_RELAY_${flag.toUpperCase().replaceAll('-', '_')}`, value === true ? 'yes' : value] as const,
  )
  return { ...environment, ...Object.fromEntries(own) }
}

// The service is loaded when it is to run, so that its help need not wait for it.
export async function configOf(environment: Environment): Promise<Config> {
  const { ConfigError, readConfig } = await import('../config.ts')
  try {
    return readConfig(environment)
  } catch (error) {
    throw error instanceof ConfigError ? usageFailure(error.message) : error
  }
}
