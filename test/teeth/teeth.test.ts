import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../source-files.ts'
import { testNamesIn } from '../test-names.ts'
import { NOT_BUILT, type Bug } from './bug.ts'
import { BUGS } from './bugs.ts'
import { planted, whyNot } from './planting.ts'
import { verdictOf } from './verdict.ts'

const textOf = (path: string): string | undefined =>
  existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : undefined

const nameProblem = ({ rule, caughtBy: { file, name } }: Bug): string[] => {
  const text = textOf(file)
  if (text === undefined) return [`${rule}: there is no ${file}`]
  const isThere = testNamesIn({ path: file, text }).some(each => each.includes(name))
  return isThere ? [] : [`${rule}: no test of ${file} is called ${name}`]
}

const numberOf = (rule: string): string => rule.replace(/[a-f]$/, '')

describe('the planted bugs', () => {
  test('can be planted: what each replaces stands in its file once', () => {
    expect(BUGS.flatMap(bug => whyNot(bug, textOf(bug.file)) ?? [])).toEqual([])
  })

  test('are to be caught by tests that there are', () => {
    expect(BUGS.flatMap(nameProblem)).toEqual([])
  })

  test('speak of every rule and invariant, but for those that are not built', () => {
    const numbers: readonly string[] = textOf('docs/design.md')?.match(/(?<=^### )[RI]\d+/gm) ?? []
    expect(numbers.length).toBeGreaterThan(50)
    const bitten = new Set(BUGS.map(({ rule }) => numberOf(rule)))
    expect(numbers.filter(number => !bitten.has(number) && !Object.hasOwn(NOT_BUILT, number))).toEqual([])
    expect(Object.keys(NOT_BUILT).filter(number => bitten.has(number) || !numbers.includes(number))).toEqual([])
  })

  test('are each another one, in the service itself', () => {
    expect(new Set(BUGS.map(({ file, find, replace }) => JSON.stringify([file, find, replace]))).size).toBe(BUGS.length)
    expect(BUGS.filter(({ file }) => !file.startsWith('src/') || file.endsWith('.test.ts'))).toEqual([])
  })
})

describe('a planted bug', () => {
  const bug: Bug = {
    rule: 'R1',
    says: 'b becomes c',
    file: 'src/a.ts',
    find: 'b',
    replace: '$&c',
    caughtBy: { file: 'src/a.test.ts', name: 'a' },
  }

  test('is put in as it is written', () => {
    expect(planted(bug, 'abd')).toBe('a$&cd')
  })

  test.each([
    ['no such place', 'ad', 'R1: src/a.ts has 0 places that read "b"'],
    ['two places', 'abab', 'R1: src/a.ts has 2 places that read "b"'],
    ['no such file', undefined, 'R1: there is no src/a.ts'],
  ])('that does not fit says so with its rule and file: %s', (_, text, problem) => {
    expect(whyNot(bug, text)).toBe(problem)
    expect(() => planted(bug, text ?? '')).toThrow(/^R1: src\/a\.ts/)
  })

  test('that changes nothing is none', () => {
    expect(whyNot({ ...bug, replace: 'b' }, 'abd')).toContain('is what is there')
  })
})

describe('a run of the tests that have to notice a bug', () => {
  const run = (...tests: readonly [status: string, message?: string][]) => ({
    testResults: [
      {
        message: '',
        assertionResults: tests.map(([status, message], index) => ({
          fullName: `rule ${index}`,
          status,
          failureMessages: message === undefined ? [] : [message],
        })),
      },
    ],
  })
  const ASSERTION = 'AssertionError: expected 1 to be 2'

  test.each([
    ['an assertion', run(['passed'], ['failed', ASSERTION])],
    ['a property', run(['failed', 'Error: Property failed after 3 tests\n{ seed: 1 }'])],
  ])('that fails by %s has caught it', (_, report) => {
    expect(verdictOf(report)).toEqual({ kind: 'caught', by: expect.stringMatching(/^rule \d$/) as string })
  })

  test.each([
    ['nothing fails', run(['passed'], ['skipped'])],
    ['nothing runs', run(['skipped'])],
    ['what fails is no assertion', run(['failed', 'TypeError: x is undefined'])],
    ['a test takes too long', run(['failed', 'Error: Test timed out in 120000ms.'])],
    ['the file cannot be loaded', { testResults: [{ message: 'SyntaxError', assertionResults: [] }] }],
  ])('has not when %s', (_, report) => {
    expect(verdictOf(report).kind).toBe('missed')
  })
})
