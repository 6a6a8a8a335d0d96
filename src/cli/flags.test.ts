import { describe, expect, test } from 'vitest'
import { Failure } from './exit.ts'
import { parseFlags } from './flags.ts'

const FLAGS = {
  port: { value: 'NUMBER', says: '' },
  key: { value: 'KEY', says: '', many: true },
  'token-file': { value: 'FILE', says: '' },
  json: { says: '' },
} as const

const parse = (...args: string[]) => parseFlags(args, FLAGS)

function refusal(...args: string[]): string {
  try {
    parse(...args)
  } catch (error) {
    if (error instanceof Failure && error.exitCode === 2) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

describe('flags', () => {
  test.each([
    [[], {}, []],
    [['--port', '1', 'a', '--json', 'b'], { port: '1', json: true }, ['a', 'b']],
    [['--port=1', '--port', '2'], { port: '2' }, []],
    [['--key', 'a', '--json', '--key=b'], { key: ['a', 'b'], json: true }, []],
    [['--token-file', '-'], { 'token-file': '-' }, []],
    [['--port=--json'], { port: '--json' }, []],
    [['--port='], { port: '' }, []],
    [['--', '--port', '-x'], {}, ['--port', '-x']],
  ])('%j', (args, flags, words) => {
    expect(parse(...args)).toEqual({ flags, words, help: false })
  })

  test.each([[['--help']], [['-h']], [['a', '--json', '-h', '--prot']]])('%j asks for help', args => {
    expect(parse(...args).help).toBe(true)
  })

  test('a value is none: --port --help asks for help, and --port=--help does not', () => {
    expect(parse('--port=--help').help).toBe(false)
  })

  test.each([
    [['--prot', '1'], "unknown option '--prot'\n(Did you mean --port?)"],
    [['--token', 'secret'], "unknown option '--token'\n(Did you mean --token-file?)"],
    [['--wholly-other'], "unknown option '--wholly-other'"],
    [['--prot=1'], "unknown option '--prot'"],
    [['-p', '1'], "unknown option '-p'"],
    [['--__proto__'], "unknown option '--__proto__'"],
    [['--constructor=1'], "unknown option '--constructor'"],
    [['--port'], '--port needs a value: --port NUMBER, or --port=NUMBER'],
    [['--port', '--json'], '--port needs a value'],
    [['--json=yes'], '--json takes no value'],
  ])('%j is refused', (args, message) => {
    expect(refusal(...args)).toContain(message)
  })

  test('a secret after an unknown flag is not repeated', () => {
    expect(refusal('--token', 'open-sesame')).not.toContain('open-sesame')
    expect(refusal('--token=open-sesame')).not.toContain('open-sesame')
  })
})
