import { describe, expect, test } from 'vitest'
import { Problem, PROBLEMS, type ProblemCode } from './problem.ts'

const entries = Object.entries(PROBLEMS)

describe('the catalogue of refusals', () => {
  test.each(entries)('%s: has a title, advice and a status of a refusal', (_, { status, title, advice }) => {
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    expect(advice).toMatch(/^[A-Z].*\.$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
  })

  test('no two look alike', () => {
    expect(new Set(entries.map(([, { title }]) => title)).size).toBe(entries.length)
  })

  test.each<[ProblemCode, number]>([
    ['unauthorized', 401],
    ['payload_too_large', 413],
    ['unsupported_media_type', 415],
    ['overloaded', 503],
    ['store_unavailable', 503],
  ])('R2: %s is answered %d', (code, status) => {
    expect(PROBLEMS[code].status).toBe(status)
  })
})

test('a problem is thrown as an error, with its code and every bad field', () => {
  const field = { path: 'mappings[0].id', code: 'merge_tag_missing', detail: 'No such tag.', remedy: 'Create it.' }
  const problem = new Problem('invalid_document', 'one problem', [field])
  expect(problem).toBeInstanceOf(Error)
  expect(problem).toMatchObject({ name: 'Problem', message: 'one problem', code: 'invalid_document', errors: [field] })
  expect(new Problem('not_found', 'no such integration').errors).toEqual([])
})
