import { expect, test } from 'vitest'
import { withoutSettings } from './service.ts'

test('the demo never sees the database of a service on the same machine', () => {
  const environment = { PATH: '/bin', CONSENT_RELAY_DATABASE_URL: 'postgres://db/real', CONSENT_RELAY_KEY_FILE: '/key' }
  expect(withoutSettings(environment)).toEqual({ PATH: '/bin' })
})
