import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { MINUTE } from '../../src/domain/instant.ts'
import { UNTRUSTED, UNTRUSTED_KEY } from '../untrusted-certificates.ts'
import { documentFor } from '../world.ts'

const TOKEN = 'an-owner-token-for-tests,-of-32-characters-or-more'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** What stands where Mailchimp should be, and the requests that it got to see. */
async function interceptor(cert: string): Promise<{ url: string; seen: (string | undefined)[] }> {
  const seen: (string | undefined)[] = []
  const server = createServer({ key: UNTRUSTED_KEY, cert }, ({ headers }, response) => {
    seen.push(headers.authorization)
    response.end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  cleanUps.push(() => new Promise(resolve => server.close(resolve)))
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** The service in front of it, with a clock of its own. */
async function serviceBefore(url: string) {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-certificate-'))
  cleanUps.push(() => rm(folder, { recursive: true, force: true }))
  let now = Date.UTC(2026, 10, 23, 9)
  const config = readConfig({
    CONSENT_RELAY_PORT: '0',
    CONSENT_RELAY_DATA: folder,
    CONSENT_RELAY_BOOTSTRAP_TOKEN: TOKEN,
    CONSENT_RELAY_MAILCHIMP_URL: url,
    CONSENT_RELAY_LOG_LEVEL: 'silent',
  })
  const app = await startApp(config, { now: () => now, ticking: false })
  cleanUps.push(() => app.stop())
  return {
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      return (await fetch(app.url + path, { method, headers, ...sent })).json() as Promise<T>
    },
    async passes(ms: number): Promise<void> {
      now += ms
      app.worker.tick()
      await app.worker.idle()
    },
  }
}

type Shown = {
  readonly id: string
  readonly checked: boolean
  readonly not_checked: string
  readonly held_by: string
  readonly holds: readonly { readonly cause: string; readonly detail: string; readonly next: string }[]
}

test.each(Object.entries(UNTRUSTED))(
  'R25 R27: no key is shown to a certificate that is not trusted (%s), and all that needs it is held and says why',
  async (code, cert) => {
    const { url, seen } = await interceptor(cert)
    const service = await serviceBefore(url)
    const source = await service.call<{ id: string }>('POST', '/v1/sources', {
      name: 'news',
      authentication: { type: 'bearer' },
    })
    const made = await service.call<Shown>('POST', '/v1/integrations', documentFor(source.id))
    expect(made).toMatchObject({ checked: false, held_by: 'audience_unread' })
    expect(made.not_checked).toContain(`certificate_untrusted: ${code}`)

    await service.passes(MINUTE)
    const shown = await service.call<Shown>('GET', `/v1/integrations/${made.id}`)
    expect(shown.held_by).toBe('certificate_untrusted')
    expect(shown.holds[0]?.detail).toContain(code)
    expect(shown.holds[0]?.next).toContain('NODE_EXTRA_CA_CERTS')
    expect(seen).toEqual([])
  },
)
