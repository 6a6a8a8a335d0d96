import { expect, test } from 'vitest'
import { strangeNames } from './setting-names.ts'

const known = { prefix: 'CONSENT_RELAY_', settings: ['PORT', 'DATA', 'DATABASE_URL', 'LOG_LEVEL'] }

test.each([
  ['CONSENT_RELAY_LOGLEVEL', 'CONSENT_RELAY_LOGLEVEL is no setting\n(Did you mean CONSENT_RELAY_LOG_LEVEL?)'],
  ['CONSENT_RELAY_DATABASE', 'CONSENT_RELAY_DATABASE is no setting\n(Did you mean CONSENT_RELAY_DATABASE_URL?)'],
  ['CONSENT_RELAY_port', 'CONSENT_RELAY_port is no setting'],
])('%s is refused', (name, says) => {
  const { unknown, ofKubernetes } = strangeNames([name, 'PATH'], known)
  expect(unknown).toEqual([expect.stringContaining(says)])
  expect(ofKubernetes).toEqual([])
})

test.each(['CONSENT_RELAY_PORT', 'CONSENT_RELAY_URL', 'CONSENT_RELAY_TOKEN', 'CONSENT_RELAY_TEST_PG_BIN', 'PORT'])(
  '%s is none of these',
  name => {
    expect(strangeNames([name], known)).toEqual({ unknown: [], ofKubernetes: [] })
  },
)

test.each([
  'CONSENT_RELAY_SERVICE_HOST',
  'CONSENT_RELAY_SERVICE_PORT',
  'CONSENT_RELAY_SERVICE_PORT_HTTP',
  'CONSENT_RELAY_PORT_8080_TCP',
  'CONSENT_RELAY_PORT_8080_TCP_ADDR',
  'CONSENT_RELAY_POSTGRESQL_SERVICE_HOST',
  'CONSENT_RELAY_POSTGRESQL_PORT_5432_TCP',
])('%s is of Kubernetes', name => {
  expect(strangeNames([name], known)).toEqual({ unknown: [], ofKubernetes: [name] })
})

test('the port of another Service is known by the host beside it', () => {
  const port = 'CONSENT_RELAY_POSTGRESQL_PORT'
  const host = 'CONSENT_RELAY_POSTGRESQL_SERVICE_HOST'
  expect(strangeNames([port, host], known)).toEqual({ unknown: [], ofKubernetes: [port, host] })
  expect(strangeNames([port], known).unknown).toHaveLength(1)
})
