import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generate } from '../scripts/generate.ts'
import { freshPostgres } from './databases.ts'
import { DOCUMENTED_ERRORS } from './documented-errors.ts'
import { ROOT } from './source-files.ts'

type Json = Readonly<Record<string, unknown>>
type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean }
type Operation = {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly operationId?: string
  readonly 'x-role'?: string
  readonly security?: readonly Json[]
  readonly parameters?: readonly Parameter[]
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: Json }>>
}
type OpenApi = {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly security: readonly Json[]
  readonly components: { readonly securitySchemes: Json }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const DOCUMENTS = [
  'docs/problems.md',
  'docs/mailchimp-errors.md',
  'docs/document.md',
  'docs/metrics.md',
  'docs/integration.schema.json',
  'docs/openapi.json',
  'docs/schema.sqlite.sql',
  'docs/schema.postgres.sql',
]

const committed = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

describe('the generated documents', () => {
  let made: ReadonlyMap<string, string> = new Map()
  let done: (() => Promise<void>) | undefined
  beforeAll(async () => {
    const { db, url } = await freshPostgres()
    done = db.close
    made = await generate({ postgresUrl: url })
  })
  afterAll(() => done?.())

  test('are these', () => {
    expect([...made.keys()].sort()).toEqual([...DOCUMENTS].sort())
  })

  test.each(DOCUMENTS)('%s is up to date; if not, run: node scripts/generate.mjs', path => {
    expect(committed(path)).toBe(made.get(path))
  })

  test.each(DOCUMENTS)('%s says nothing of the machine that made it', path => {
    expect(committed(path)).not.toMatch(/127\.0\.0\.1|localhost|\/tmp\/|\/home\//)
  })
})

/** Every object below, with its place. */
const objectsIn = (value: unknown, at = '#'): { at: string; object: Json }[] => {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.entries(value).flatMap(([key, each]) => objectsIn(each, `${at}/${key}`))
  return Array.isArray(value) ? inner : [{ at, object: value as Json }, ...inner]
}

const resolve = (root: unknown, ref: string): unknown =>
  ref
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      root,
    )

describe('the OpenAPI document', () => {
  const api = JSON.parse(committed('docs/openapi.json')) as OpenApi
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  )
  const namesOf = (wrong: (each: (typeof operations)[number]) => boolean) =>
    operations.filter(wrong).map(({ name }) => name)

  test('is OpenAPI 3.1 and describes the whole API', () => {
    expect(api.openapi).toMatch(/^3\.1\.\d+$/)
    expect(api.info).toMatchObject({
      title: 'Consent Relay',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    })
    const paths = ['/v1/sources', '/v1/integrations', '/v1/events', '/v1/people/{id}', '/v1/deliveries', '/v1/stats']
    expect(Object.keys(api.paths)).toEqual(expect.arrayContaining(paths))
    expect(Object.keys(api.paths)).toEqual(expect.arrayContaining(['/webhooks/didomi/{sourceId}', '/oauth/token']))
  })

  test('has no reference that leads nowhere', () => {
    const refs = objectsIn(api).flatMap(({ object }) => (typeof object['$ref'] === 'string' ? [object['$ref']] : []))
    expect(refs.filter(ref => !ref.startsWith('#/') || resolve(api, ref) === undefined)).toEqual([])
  })

  test('says of every operation what it does and what it answers', () => {
    expect(namesOf(({ operation }) => !operation.summary)).toEqual([])
    expect(namesOf(({ operation }) => !operation.tags?.length)).toEqual([])
    expect(namesOf(({ operation }) => Object.keys(operation.responses ?? {}).length === 0)).toEqual([])
    const answers = operations.flatMap(({ name, operation }) =>
      Object.entries(operation.responses ?? {}).map(([status, { description }]) => ({ name, status, description })),
    )
    expect(answers.filter(({ status }) => !/^([1-5]\d\d|[1-5]XX|default)$/.test(status))).toEqual([])
    expect(answers.filter(({ description }) => description === undefined)).toEqual([])
  })

  test('asks for a token or a session everywhere in the API, but for signing in, and says which role may', () => {
    const asks = (security: readonly Json[]) =>
      security.length > 0 && security.every(each => Object.keys(each).length > 0)
    const unknown = (security: readonly Json[]) =>
      security.flatMap(each => Object.keys(each)).filter(name => !(name in api.components.securitySchemes))
    const inApi = operations.filter(({ path }) => path.startsWith('/v1/'))
    expect(inApi.length).toBeGreaterThan(15)
    const open = inApi.filter(({ operation }) => !asks(operation.security ?? api.security))
    expect(open.map(({ name }) => name)).toEqual(['GET /v1/session', 'POST /v1/session', 'POST /v1/setup'])
    const anybodys = inApi.filter(({ operation }) => operation['x-role'] === 'public')
    expect(anybodys.map(({ name }) => name)).toEqual(open.map(({ name }) => name))
    expect(inApi.filter(({ operation }) => operation['x-role'] === undefined).map(({ name }) => name)).toEqual([])
    expect(operations.flatMap(({ operation }) => unknown(operation.security ?? api.security))).toEqual([])
  })

  test('describes the two doors of Didomi as they are: what they answer, and that no API token opens them', () => {
    const webhook = api.paths['/webhooks/didomi/{sourceId}']?.['post']
    expect(Object.keys(webhook?.responses ?? {})).toContain('202')
    expect(webhook).toHaveProperty('requestBody')
    for (const door of [webhook, api.paths['/oauth/token']?.['post']])
      expect((door?.security ?? api.security).flatMap(each => Object.keys(each))).not.toContain('token')
  })

  test('declares every part of a path, and nothing twice', () => {
    const declared = ({ parameters = [] }: Operation) =>
      parameters.filter(each => each.in === 'path' && each.required).map(({ name }) => name)
    const needed = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(namesOf(({ path, operation }) => declared(operation).join() !== needed(path).join())).toEqual([])
    const ids = operations.flatMap(({ operation }) => operation.operationId ?? [])
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('has schemas that a validator takes', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    const schemas = objectsIn(api.paths).flatMap(({ at, object }) =>
      'schema' in object ? [{ at, schema: object['schema'] as Json }] : [],
    )
    expect(schemas.length).toBeGreaterThan(20)
    expect(schemas.filter(({ schema }) => !ajv.validateSchema(schema)).map(({ at }) => at)).toEqual([])
  })
})

describe('the JSON Schema of an integration document', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(
    JSON.parse(committed('docs/integration.schema.json')) as Json,
  )
  const documented = {
    type_id: 'mailchimp',
    authentication: { api_key: '0123456789abcdef0123456789abcdef-us6', url: 'https://us6.admin.mailchimp.com/' },
    properties: { audience_id: 'a1b2c3d4e5' },
    mappings: [{ id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' }],
    upsert_mode: true,
  }

  test('takes the documented example, with and without upsert_mode and our own keys', () => {
    const { upsert_mode: _, ...shorter } = documented
    expect(validate(documented)).toBe(true)
    expect(validate(shorter)).toBe(true)
    expect(
      validate({ ...documented, name: 'A', enabled: false, options: { connections: 4, match: 'contact_id' } }),
    ).toBe(true)
  })

  test('refuses a broken one, and says where', () => {
    const broken = {
      type_id: 'mailchimp',
      authentication: { api_key: 'short', url: 6 },
      properties: {},
      mappings: [{ id: 'FARTOOLONGTAG', value: 'nonsense', extra: 1 }],
      upsert_mode: 'yes',
      surprise: 1,
    }
    expect(validate(broken)).toBe(false)
    expect(new Set(validate.errors?.map(({ instancePath }) => instancePath))).toEqual(
      new Set([
        '',
        '/authentication/api_key',
        '/authentication/url',
        '/properties',
        '/mappings/0',
        '/mappings/0/id',
        '/mappings/0/value',
        '/upsert_mode',
      ]),
    )
  })

  test('explains every key to an editor', () => {
    const { properties } = JSON.parse(committed('docs/integration.schema.json')) as { properties: Json }
    expect(Object.keys(properties).sort()).toEqual(
      [
        ...['type_id', 'authentication', 'properties', 'mappings', 'upsert_mode', 'name', 'enabled', 'options'],
        ...['organization_id', 'description'],
      ].sort(),
    )
  })
})

describe('the page of problems', () => {
  test('has a row of four cells for every problem and one of three for every reason', () => {
    const rows = committed('docs/problems.md')
      .split('\n')
      .filter(line => line.startsWith('| `'))
      .map(line => line.split(/(?<!\\)\|/).length - 2)
    expect(rows.filter(cells => cells === 4).length).toBeGreaterThan(10)
    expect(rows.filter(cells => cells === 3).length).toBeGreaterThan(20)
    expect(rows.filter(cells => cells !== 3 && cells !== 4)).toEqual([])
  })
})

describe('the page of Mailchimp’s errors', () => {
  test('says of every documented error what it means, what happens and who must act', () => {
    const rows = committed('docs/mailchimp-errors.md')
      .split('\n')
      .filter(line => /^\| [345]\d\d /.test(line))
      .map(line => line.split(/(?<!\\)\|/).slice(1, -1))
    expect(rows).toHaveLength(DOCUMENTED_ERRORS.length)
    expect(rows.filter(cells => cells.length !== 5 || cells.some(cell => cell.trim() === ''))).toEqual([])
  })
})
