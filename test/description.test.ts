import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { strayRefusals, unexplained, unnamed, type Api, type Operation } from './description-rules.ts'
import { undescribed } from './described.ts'
import { ROOT } from './source-files.ts'
import { startWorld } from './world.ts'

const text = readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')
const api = JSON.parse(text) as Api

describe('the description of the API', () => {
  test('gives every operation an id of its own, a summary, a description, and a tag that is explained', () => {
    expect(unexplained(api)).toEqual([])
  })

  test('names the schema of every body, with an example', () => {
    expect(unnamed(api)).toEqual([])
  })

  test('refuses in one shape, but where RFC 6749 and readiness have their own', () => {
    expect(strayRefusals(api)).toEqual(['401 of POST /oauth/token', '503 of GET /readyz'])
  })

  test('has examples that are what their schemas say', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).addSchema(api, 'api')
    const faults = Object.entries(api.components.schemas).flatMap(([name, { examples = [] }]) =>
      examples.flatMap(example => {
        ajv.validate({ $ref: `api#/components/schemas/${name}` }, example)
        return (ajv.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message}`)
      }),
    )
    expect(faults).toEqual([])
    const problem = { ...(api.components.schemas['Problem']?.examples?.[0] as object), status: 'none' }
    expect(ajv.validate({ $ref: 'api#/components/schemas/Problem' }, problem)).toBe(false)
  })

  test('shows no real address, host or secret', () => {
    const addresses = [...text.matchAll(/[\w.]+@[\w.]+/g)].map(([address]) => address)
    expect(addresses.filter(address => !address.endsWith('@example.test'))).toEqual([])
    const hosts = [...text.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host)
    expect([...new Set(hosts)].sort()).toEqual(['consent-relay.example.test', 'us6.admin.mailchimp.com'])
    const secrets = [...text.matchAll(/\bcr[a-z]_[\w-]+/g)].map(([secret]) => secret.slice(4))
    expect([...new Set(secrets)]).toEqual(['shown-once'])
  })

  test('names the service that is asked, wherever the world reaches it', async () => {
    expect(api.servers.map(({ url }) => url)).toEqual(['/'])
    await using world = await startWorld({ settings: { CONSENT_RELAY_PUBLIC_URL: 'https://example.test/relay' } })
    for (const path of ['/openapi.json', '/docs/json']) {
      const served = (await (await fetch(world.app.url + path)).json()) as Api
      expect(served.servers.map(({ url }) => url)).toEqual(['https://example.test/relay'])
      expect(served.components.securitySchemes['sourceClient']).toMatchObject({
        flows: { clientCredentials: { tokenUrl: 'https://example.test/relay/oauth/token' } },
      })
    }
  })
})

describe('these checks find what they look for', () => {
  const whole: Operation = {
    operationId: 'listThings',
    summary: 'List things',
    description: 'The things are shown.',
    tags: ['things'],
    responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } } },
  }
  const withOperations = (operations: Readonly<Record<string, Operation>>): Api => ({
    servers: [],
    tags: [{ name: 'things', description: 'Things.' }, { name: 'others' }],
    paths: { '/things': operations },
    components: { schemas: { Thing: { examples: [1] }, Bare: {} }, responses: {}, securitySchemes: {} },
  })

  test('nothing in an operation that is whole', () => {
    const planted = withOperations({ get: whole })
    expect([...unexplained(planted), ...unnamed(planted), ...strayRefusals(planted)]).toEqual([])
  })

  test.each([
    [{ operationId: undefined }, 'GET /things has no operationId'],
    [{ operationId: 'list things' }, 'GET /things has no operationId'],
    [{ summary: undefined }, 'GET /things has no summary'],
    [{ description: 'Operators and owners may call it' }, 'GET /things has no description'],
    [{ tags: ['others'] }, 'GET /things has no tag that is explained'],
    [{ tags: [] }, 'GET /things has no tag that is explained'],
  ])('an operation with %o', (change, fault) => {
    const { operationId, summary, description, tags } = { ...whole, ...change }
    const planted = JSON.parse(JSON.stringify({ ...whole, operationId, summary, description, tags })) as Operation
    expect(unexplained(withOperations({ get: planted }))).toEqual([fault])
  })

  test('an operationId that two share', () => {
    expect(unexplained(withOperations({ get: whole, post: whole }))).toHaveLength(2)
  })

  test.each([[{ type: 'object' }], [{ $ref: '#/components/schemas/Bare' }], [{ anyOf: [{ type: 'object' }] }]])(
    'a body of %o',
    schema => {
      const content = { 'application/json': { schema } }
      const planted = { ...whole, requestBody: { content }, responses: { 201: { content } } }
      expect(unnamed(withOperations({ post: planted }))).toEqual(['the body of POST /things', '201 of POST /things'])
    },
  )

  test('a refusal of another shape', () => {
    const planted = { ...whole, responses: { 404: { content: { 'application/json': {} } } } }
    expect(strayRefusals(withOperations({ get: planted }))).toEqual(['404 of GET /things'])
  })

  test('an answer that the description does not have', () => {
    const seen = { method: 'GET', path: '/v1/sources/src_1', body: {} }
    const problem = (code: string) => ({ type: `urn:consent-relay:problem:${code}`, code })
    expect(undescribed({ ...seen, status: 200 })).toBeUndefined()
    expect(undescribed({ ...seen, status: 404, body: problem('not_found') })).toBeUndefined()
    expect(undescribed({ ...seen, status: 409 })).toContain('answers 409')
    expect(undescribed({ ...seen, status: 404, body: problem('conflict') })).toContain('404 with conflict')
    expect(undescribed({ ...seen, path: '/v1/session/password', method: 'POST', status: 201 })).toContain('/password')
  })
})
