import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { costOf } from './regex-cost.ts'
import { isTest, nodesIn, parse, sourceFiles } from './source-files.ts'

const files = sourceFiles('src', 'console', 'simulator').filter(file => !isTest(file))

const literals = files.flatMap(file =>
  nodesIn(parse(file))
    .filter(ts.isRegularExpressionLiteral)
    .map(({ text }) => {
      const end = text.lastIndexOf('/')
      return { path: file.path, source: text.slice(1, end), flags: text.slice(end + 1) }
    }),
)

/** Where an expression is put together when the program runs, and what comes of it. */
const MADE: Readonly<Record<string, string>> = {
  'src/contract/options.ts': '^(email|subscriber_hash|contact_id|metadata_.{1,60})$',
  'src/http/methods.ts': '^/v1/people/[^/]+/facts/[^/]+\\.json$',
  // What the operator of a simulator writes.
  'simulator/faults.ts': '',
}

/** Expressions that see nothing but the statements that our own code writes. */
const OF_OWN_STATEMENTS = ['src/store/engine/sqlite-text.ts']

const isMade = (node: ts.Node): boolean =>
  (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp'

describe('every regular expression takes linear time', () => {
  test('of the source', () => {
    expect(literals.length).toBeGreaterThan(100)
    const slow = literals
      .filter(({ path }) => !OF_OWN_STATEMENTS.includes(path))
      .flatMap(({ path, source, flags }) =>
        costOf(source, flags).map(cost => `${path}: /${source}/${flags} is ${cost}`),
      )
    expect(slow).toEqual([])
  })

  test('that is put together when the program runs', () => {
    const made = files.filter(file => nodesIn(parse(file)).some(isMade)).map(({ path }) => path)
    expect(made.sort()).toEqual(Object.keys(MADE).sort())
    expect(Object.values(MADE).flatMap(source => costOf(source))).toEqual([])
  })
})

describe('the check finds', () => {
  test.each([
    [/^(a+)+$/],
    [/^(a*)*$/],
    [/^(a|a)*b/],
    [/^(?:a|b|ab)*c$/],
    [/^(?:\w|\d)+$/],
    [/^(?:a?a)*b/],
    [/^(?:a|a){1,30}b/],
    [/^(?:a{1,50}){1,50}b/],
    [/^(?:x+x+)+y/],
    [/^(?:[a-z]+\.?)+$/],
    [/^(?:(?=b)a|a)*c/],
    [/^(?:k|\u212a)*x/iu],
    [/^(?:\p{L}|é)*x/u],
  ])('exponential: %s', ({ source, flags }) => {
    expect(costOf(source, flags)).toContain('exponential')
  })

  test.each([
    [/\d+x/],
    [/\s+$/],
    [/\/+$/],
    [/.*x/],
    [/^a*a*b/],
    [/^\d+\d+$/],
    [/^(.*),(.*),x$/],
    [/^\d*\.?\d*[eE]/],
    [/^[+-]?\d+(?:\.?\d+)?$/],
    [/^https?:\/\/[^\s/]+\.[^\s]+$/],
    [/"[^"\\]*(?:\\.[^"\\]*)*"/s],
    [/^a+b?a+$/],
    [/(?:^|x)\d*\d*y/],
    [/^\w+@[^@]+\.[^@]+$/],
    [/(?:a+b|a)/g],
    [/a(?:.*b)?/g],
    [/a+$/],
    [/\w+\b/],
    [/(?<!x)a+b/],
    [/(?<!\s)\s*;|\s+$/],
    [/^(?:ab)*(?:abab)*c/],
    [/^\s*a?\s*$/m],
  ])('quadratic: %s', ({ source, flags }) => {
    expect(costOf(source, flags)).toEqual(['quadratic'])
  })

  test.each([
    [/a(?=\d+b)/, 'a loop in a lookaround'],
    [/(?<!a*)b/, 'a loop in a lookaround'],
    [/^(a+)\1$/, 'a loop in a group that is repeated'],
    [/^(?:a(?=(?:\d{3})+$))*/, 'a loop in a lookaround'],
  ])('what it does not know: %s', ({ source, flags }, why) => {
    expect(costOf(source, flags)).toContain(why)
  })

  test.each([
    [/^a+$/],
    [/^\d+(?:\.\d+)?$/],
    [/^[a-z]+(?:-[a-z]+)*$/],
    [/^.*@/s],
    [/^(.+)__(value|other)$/s],
    [/[A-Z]/g],
    [/a\d{2,5}b/],
    [/^\d{1,5}\d{1,5}$/],
    [/^(\d\d)([-/])(\d\d)\2(\d\d)$/],
    [/(?:^|,)\s*\d+[\]}]/],
    [/"[^"]{0,20}"/],
    [/^Bearer ([\x21-\x7e]{1,4096})$/i],
    [/^[^\p{Cc}\p{Cs}]*$/u],
    [/\w+/g],
    [/a+b?/g],
    [/(?<!\d)\d+x/],
    [/(?<=;)\d+x/],
  ])('nothing in a linear one: %s', ({ source, flags }) => {
    expect(costOf(source, flags)).toEqual([])
  })
})
