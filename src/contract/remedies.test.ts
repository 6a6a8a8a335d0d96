import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { eventsRequest } from './events.ts'
import { planRequest } from './plans.ts'
import { pageQuery } from './shared.ts'
import { newToken } from './tokens.ts'
import { integrationDocument } from './document.ts'
import { pathOf, problemsIn } from './field-problems.ts'
import { remedyFor } from './remedies.ts'
import { newSource, secretRenewal, sourceChange } from './sources.ts'

type Schema = { properties?: Record<string, Schema>; items?: Schema; $ref?: string; $defs?: Record<string, Schema> }

/** Every path that the document can have: `mappings[0].id`. */
function pathsIn(schema: Schema, at = '', { $defs = {} } = schema): string[] {
  const { properties = {}, items } = schema.$ref ? ($defs[schema.$ref.slice('#/$defs/'.length)] ?? {}) : schema
  return [
    ...Object.entries(properties).flatMap(([key, inner]) => {
      const path = at === '' ? key : `${at}.${key}`
      return [path, ...pathsIn(inner, path, { $defs })]
    }),
    ...(items ? [`${at}[0]`, ...pathsIn(items, `${at}[0]`, { $defs })] : []),
  ]
}

describe('remedies', () => {
  const unknown = remedyFor('no such key')
  const paths = pathsIn(z.toJSONSchema(integrationDocument, { io: 'input' }) as Schema)

  test('every path that the document knows has one of its own', () => {
    expect(paths.length).toBeGreaterThan(15)
    const own = paths.map(remedyFor)
    expect(paths.filter((_, index) => own[index] === unknown)).toEqual([])
    expect(new Set(own).size).toBe(own.length)
  })

  test('an entry of a list has that of every entry', () => {
    expect(remedyFor('mappings[17].id')).toBe(remedyFor('mappings[0].id'))
  })

  test.each(['constructor', '__proto__', 'toString', 'valueOf', 'options.constructor', 'mapping', ''])(
    'is text for any path: %j',
    path => {
      expect(remedyFor(path)).toMatch(/^[A-Z].*\.$/)
    },
  )
})

describe('problems of any other body', () => {
  const problemsOf = (schema: z.ZodType, body: unknown) => {
    const parsed = schema.safeParse(body, { reportInput: true })
    return parsed.success ? [] : problemsIn(parsed.error)
  }

  test.each([
    ['a source', newSource, ['name', 'authentication']],
    ['a change of a source', sourceChange, ['feed']],
    ['a plan', planRequest, ['person']],
    ['events', eventsRequest, ['source_id', 'events']],
    ['a token', newToken, ['name', 'role']],
  ])('of %s: what is missing is to be added, not to be left out', (_, schema, missing) => {
    const problems = problemsOf(schema, {})
    expect(problems.map(({ path }) => path)).toEqual(missing)
    for (const { remedy } of problems) expect(remedy).not.toMatch(/leave it out/i)
  })

  test('a grace period is named with its bounds', () => {
    const detailOf = (grace_seconds: unknown) => problemsOf(secretRenewal, { grace_seconds })[0]?.detail
    expect(detailOf(-1)).toBe('grace_seconds is less than 0, which ends the previous secret at once.')
    expect(detailOf(604_801)).toBe('grace_seconds is more than 604800, which is seven days.')
    expect(detailOf('1')).toBe('grace_seconds is not of type number.')
  })

  test('speak of that body, not of the integration document', () => {
    const [problem] = problemsOf(newSource, { name: 'a' })
    expect(problem).toMatchObject({ path: 'authentication', code: 'missing' })
    expect(problem?.remedy).not.toContain('api_key')
  })

  test('unknown keys are to be left out', () => {
    expect(problemsOf(newToken, { name: 'a', role: 'owner', extra: 1 })).toEqual([
      {
        path: 'extra',
        code: 'unknown_key',
        detail: 'extra is not a key of this document.',
        remedy: 'Leave it out; only the documented keys are known.',
      },
    ])
  })

  test('a page is 1 to 200 long, and says so', () => {
    for (const limit of ['0', '201', 'x', '1.5', ''])
      expect(problemsOf(pageQuery, { limit })).toMatchObject([{ path: 'limit' }])
    expect(pageQuery.parse({ limit: '200' })).toEqual({ limit: 200, cursor: '' })
    expect(pageQuery.parse({})).toEqual({ limit: 50, cursor: '' })
  })
})

describe('a JSON path', () => {
  test.each([
    [[], ''],
    [['a'], 'a'],
    [['mappings', 0, 'id'], 'mappings[0].id'],
    [[0, 'a'], '[0].a'],
    [['options', 'regulations', 12], 'options.regulations[12]'],
  ])('of %j is %j', (path, text) => {
    expect(pathOf(path)).toBe(text)
  })
})
