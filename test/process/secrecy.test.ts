import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../simulator/simulator.ts'
import { apiOf, serviceIn, startListening, temporaryFolder, until, type Api } from '../child.ts'
import { contactHash } from '../crash/crowd.ts'
import { settled } from '../crash/relay.ts'
import { visitorOf } from '../visitor.ts'
import { AUDIENCE, documentFor, event } from '../world.ts'

const ADDRESS = 'canary-of-the-mine@mail.test'
const OTHER_ADDRESS = 'second-canary@mail.test'
const KEY = 'ca9a27ca9a27ca9a27ca9a27ca9a27ca-us6'
const TOKEN = 'canary-token-of-the-owner-0123456789abcdef'
const WRONG_TOKEN = 'canary-token-of-nobody-0123456789abcdef'
const VALUE = 'canary-merge-value'
const BASIC = Buffer.from(`consent-relay:${KEY}`).toString('base64')

type Made = { readonly id: string; readonly webhook_url: string; readonly authentication: { readonly token: string } }
type Client = { readonly client_id: string; readonly client_secret: string }
type Scene = { readonly url: string; readonly api: Api; readonly source: Made; readonly client: Client }

const choiceOf = (who: string, at: string, newsletter = true) => {
  const told = event({ who, at, purposes: { newsletter } })
  const { entity } = told.parameters
  return { ...told, parameters: { entity: { ...entity, user: { ...entity.user, metadata: { note: VALUE } } } } }
}

async function receives(source: Made, body: string): Promise<number> {
  const headers = { authorization: `Bearer ${source.authentication.token}`, 'content-type': 'application/json' }
  return (await fetch(source.webhook_url, { method: 'POST', headers, body })).status
}

async function connects(url: string): Promise<Scene> {
  const api = apiOf(url, TOKEN)
  const source = (await api<Made>('POST', '/v1/sources', { name: 's', authentication: { type: 'bearer' } })).body
  const oauth = await api<{ authentication: Client }>('POST', '/v1/sources', {
    name: 'o',
    authentication: { type: 'oauth2' },
  })
  const mappings = [
    { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
    { id: 'NOTE', value: 'metadata_note' },
  ]
  const authentication = { api_key: KEY, url: 'https://us6.admin.mailchimp.com/' }
  const made = await api('POST', '/v1/integrations', documentFor(source.id, { authentication, mappings }))
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return { url, api, source, client: oauth.body.authentication }
}

/** Deliveries that succeed, fail for good and fail for now, with answers that quote what was sent. */
async function deliversAndFails({ url, source }: Scene, { control }: Simulator): Promise<void> {
  const quoting = { title: 'Invalid Resource', detail: `${ADDRESS} cannot be ${VALUE}` }
  control.addFault({ match: { contact: ADDRESS }, count: 1, fault: { status: 500, ...quoting } })
  const left = { status: 400, ...quoting, title: 'Member In Compliance State' }
  control.addFault({ match: { contact: OTHER_ADDRESS }, count: 1, fault: left })
  for (const who of [ADDRESS, OTHER_ADDRESS, 'absent-canary@mail.test', 'canary, but no address'])
    expect(await receives(source, JSON.stringify(choiceOf(who, '2024-05-02T09:00:00Z')))).toBe(202)
  await until('the failure was tried again', () => Promise.resolve(control.contact(AUDIENCE, ADDRESS)).then(held))
  expect((await settled(url, TOKEN)).deliveries).toMatchObject({ delivered: 1, dead: 1, skipped: 2 })
}

const held = (contact: ReturnType<Simulator['control']['contact']>): true | undefined =>
  JSON.stringify(contact).includes(VALUE) || undefined

const PASSWORD = 'canary words in a row'

/** Somebody makes the first account, signs in well and badly, and leaves. The link was printed to be used once. */
async function signsIn(url: string, printed: string): Promise<readonly string[]> {
  const visitor = visitorOf(url)
  const owner = { email: ADDRESS, name: 'canary', password: PASSWORD }
  expect((await visitor.setUp(/#token=(\S+)/.exec(printed)?.[1] ?? '', owner)).status).toBe(201)
  expect((await visitor.signIn(OTHER_ADDRESS, PASSWORD)).status).toBe(401)
  const next = `${PASSWORD}, another`
  expect((await visitor.call('POST', '/v1/session/password', { current: PASSWORD, next })).status).toBe(200)
  const secret = visitor.cookie()?.split('=')[1]
  const csrfToken = visitor.csrfToken()
  if (secret === undefined || csrfToken === undefined) throw new Error('nobody is signed in')
  return [PASSWORD, next, secret, csrfToken]
}

/** Bodies that are set apart, in part or whole. */
async function quarantines({ source }: Scene): Promise<void> {
  const bodies = [
    `{"type":"event.created","parameters":{"entity":{"id":"${ADDRESS}","user":"${VALUE}"}}}`,
    `no JSON of ${ADDRESS}`,
    JSON.stringify(choiceOf(ADDRESS, '2024-02-30T09:00:00Z')),
    JSON.stringify([choiceOf(ADDRESS, 'tomorrow'), { type: VALUE }]),
  ]
  for (const body of bodies) expect(await receives(source, body)).toBe(202)
  expect(await receives(source, JSON.stringify({ note: VALUE, padding: 'x'.repeat(1024 * 1024) }))).toBe(413)
}

/** Every kind of refusal, each by a request that carries canaries. */
async function refuses({ url, api, source, client }: Scene): Promise<void> {
  const wrongDocument = documentFor(source.id, {
    authentication: { api_key: KEY, url: 'https://us7.admin.mailchimp.com/' },
    mappings: [{ id: VALUE, value: VALUE }],
    [VALUE]: ADDRESS,
  })
  expect((await api('POST', '/v1/integrations', wrongDocument)).status).toBe(422)
  expect((await api('GET', `/v1/people/${encodeURIComponent('nobody-canary@mail.test')}`)).status).toBe(404)
  expect((await api('GET', `/v1/people/${encodeURIComponent(ADDRESS)}`)).status).toBe(200)
  expect((await api('GET', `/v1/deliveries?cursor=${ADDRESS}`)).status).toBe(400)
  expect((await api('GET', `/${VALUE}/${ADDRESS}`)).status).toBe(404)
  const events = { source_id: source.id, events: [choiceOf(ADDRESS, 'never')] }
  expect((await api('POST', '/v1/events', events)).status).toBeGreaterThanOrEqual(400)
  expect((await apiOf(url, WRONG_TOKEN)('GET', '/v1/stats')).status).toBe(401)
  const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')
  for (const authorization of [`Basic ${basic}`, `Basic ${BASIC}`]) {
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const form = { method: 'POST', headers, body: 'grant_type=client_credentials' }
    expect((await fetch(`${url}/oauth/token`, form)).status).toBe(authorization.endsWith(basic) ? 200 : 401)
  }
  const broken = { method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' } }
  expect((await fetch(`${url}/v1/sources`, { ...broken, body: `{"${ADDRESS}` })).status).toBe(400)
}

test('nothing that was told in confidence is in what it prints or shows to Prometheus, and no key or token in what it stores (I11)', async () => {
  await using folder = await temporaryFolder()
  await using simulator = await createSimulator({ keys: [KEY] })
  for (const tag of ['NEWS', 'NOTE']) simulator.control.addMergeField(AUDIENCE, { tag, type: 'text' })
  for (const email_address of [ADDRESS, OTHER_ADDRESS]) simulator.control.addContact(AUDIENCE, { email_address })
  const env = serviceIn(folder.path, {
    CONSENT_RELAY_BOOTSTRAP_TOKEN: TOKEN,
    CONSENT_RELAY_LOG_LEVEL: 'trace',
    CONSENT_RELAY_MAILCHIMP_URL: simulator.url,
  })
  await using service = await startListening(['serve'], env)
  const scene = await connects(service.url)
  await deliversAndFails(scene, simulator)
  await quarantines(scene)
  await refuses(scene)
  const renewed = (await scene.api<Made>('POST', `/v1/sources/${scene.source.id}/renew-secret`, {})).body
  const signedIn = await signsIn(service.url, service.stderr())
  simulator.control.setKeyState(KEY, 'disabled')
  expect(await receives(scene.source, JSON.stringify(choiceOf(ADDRESS, '2024-05-03T09:00:00Z', false)))).toBe(202)
  await until('the key is known to be refused', async () => {
    const { data } = (await scene.api<{ data: unknown[] }>('GET', '/v1/deliveries?status=held')).body
    return data.length > 0 ? true : undefined
  })
  const metrics = await (await fetch(`${service.url}/metrics`)).text()
  expect(metrics).toMatch(/^consent_relay_attempts_total\{.*outcome="rejected".*\} 1$/m)
  await service.kill('SIGKILL')

  const printed = service.stdout() + service.stderr() + metrics
  expect(printed.split('\n').length).toBeGreaterThan(8)
  const secrets = [
    ...signedIn,
    KEY,
    BASIC,
    TOKEN,
    WRONG_TOKEN,
    scene.source.authentication.token,
    renewed.authentication.token,
    scene.client.client_secret,
  ]
  for (const secret of [...secrets, VALUE, 'canary', contactHash(ADDRESS), contactHash(OTHER_ADDRESS)])
    expect(printed, printed).not.toContain(secret)
  for (const { name, bytes } of await filesIn(folder.path))
    for (const secret of secrets) expect(bytes.includes(secret), `${name} holds ${secret}`).toBe(false)
})

/** A killed service leaves its write-ahead log behind, which must keep the secrets as well. */
async function filesIn(folder: string) {
  const names = await readdir(folder)
  expect(names).toContain('consent-relay.db-wal')
  return Promise.all(names.map(async name => ({ name, bytes: await readFile(join(folder, name)) })))
}
