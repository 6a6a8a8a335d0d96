import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from './source-files.ts'

const CLIENT = `
import createClient from 'openapi-fetch'
import type { components, paths } from './api.ts'

export type Integration = components['schemas']['Integration']
export const relay = createClient<paths>({ baseUrl: 'https://consent-relay.example.test' })
`

/** What a script of an operator may look like. */
const RIGHT = `
import { relay, type Integration } from './client.ts'

export async function deadLetters(): Promise<string[]> {
  const { data, error } = await relay.GET('/v1/deliveries', { params: { query: { status: 'dead', limit: 100 } } })
  if (error) throw new Error(error.code + ': ' + error.advice)
  return data.data.map(({ person, says }) => person + ': ' + (says ?? 'no reason'))
}

export async function everyIntegration(cursor = ''): Promise<Integration[]> {
  const { data } = await relay.GET('/v1/integrations', { params: { query: { cursor } } })
  if (!data) return []
  return [...data.data, ...(data.next_cursor === null ? [] : await everyIntegration(data.next_cursor))]
}

export async function moreConnections(id: string): Promise<Integration | undefined> {
  const { data } = await relay.PATCH('/v1/integrations/{id}', {
    params: { path: { id } },
    body: { options: { connections: 4, bulk: null } },
  })
  return data
}

export async function replayed(): Promise<number | undefined> {
  const { data } = await relay.POST('/v1/replays', { body: { reason: 'key_invalid', dry_run: true } })
  return data && ('progress' in data ? data.progress.total : data.total)
}

export async function secretOf(id: string): Promise<string | undefined> {
  const { data } = await relay.POST('/v1/sources/{id}/renew-secret', { params: { path: { id } } })
  return data?.authentication.type === 'oauth2' ? data.authentication.client_secret : data?.authentication.token
}
`

const WRONG: readonly (readonly [what: string, line: string, says: RegExp])[] = [
  [
    'a field that a body does not have',
    `relay.POST('/v1/tokens', { body: { nmae: 'report', role: 'viewer' } })`,
    /'nmae' does not exist in type/,
  ],
  ['a field that a body lacks', `relay.POST('/v1/tokens', { body: { name: 'report' } })`, /Property 'role' is missing/],
  [
    'a value that is none of those there are',
    `relay.GET('/v1/deliveries', { params: { query: { status: 'deaad' } } })`,
    /'"deaad"' is not assignable/,
  ],
  ['an address that there is not', `relay.GET('/v1/integration', {})`, /'"\/v1\/integration"' is not assignable/],
  ['a method that the address does not take', `relay.DELETE('/v1/stats', {})`, /not assignable/],
  ['an id that is left out', `relay.GET('/v1/sources/{id}')`, /Expected 2 arguments/],
  [
    'a field that an answer does not have',
    `relay.GET('/v1/stats').then(({ data }) => data?.inbox.recieved)`,
    /'recieved' does not exist/,
  ],
  [
    'a field of a problem that there is not',
    `relay.GET('/v1/stats').then(({ error }) => error?.reason)`,
    /'reason' does not exist/,
  ],
  [
    'an answer that may be missing',
    `relay.GET('/v1/stats').then(({ data }) => data.inbox)`,
    /'data' is possibly 'undefined'/,
  ],
]

const fileOf = (name: string): string => join(ROOT, 'test', 'generated-client', `${name}.ts`)

/** What the compiler says of each of these files, which are nowhere but here. */
function compile(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string[]> {
  const base = ts.readConfigFile(join(ROOT, 'tsconfig.base.json'), path => ts.sys.readFile(path)).config as object
  const { options } = ts.parseJsonConfigFileContent(base, ts.sys, ROOT)
  const host = ts.createCompilerHost(options)
  const files = new Map([...texts].map(([name, text]) => [fileOf(name), text]))
  const program = ts.createProgram(
    [...files.keys()],
    { ...options, noEmit: true, lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'] },
    {
      ...host,
      fileExists: path => files.has(path) || host.fileExists(path),
      readFile: path => files.get(path) ?? host.readFile(path),
      directoryExists: () => true,
      getSourceFile: (path, language) => {
        const text = files.get(path)
        return text === undefined ? host.getSourceFile(path, language) : ts.createSourceFile(path, text, language)
      },
    },
  )
  return new Map(
    [...texts.keys()].map(name => {
      const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(fileOf(name)))
      return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))]
    }),
  )
}

describe('a client whose types are made from the description', () => {
  let said: ReadonlyMap<string, string[]> = new Map()
  beforeAll(async () => {
    const api = readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')
    const wrong = WRONG.map(([what, line]) => [what, `import { relay } from './client.ts'\nvoid ${line}\n`] as const)
    const types = astToString(await openapiTS(api, { silent: true }))
    said = compile(new Map([['api', types], ['client', CLIENT], ['right', RIGHT], ...wrong]))
  })

  test('compiles', () => {
    expect([said.get('api'), said.get('client'), said.get('right')]).toEqual([[], [], []])
  })

  test.each(WRONG)('does not compile with %s', (what, _line, says) => {
    expect(said.get(what)).toEqual([expect.stringMatching(says)])
  })
})
