import { describe, expect, test } from 'vitest'
import { readOptions } from '../../simulator/main.ts'
import { type Leaf } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { ran } from '../command.ts'

type Found = { readonly words: readonly string[]; readonly leaf: Leaf }

/** Every command, and every command below one. */
const found: Found[] = (
  await Promise.all(
    Object.entries(COMMANDS).map(async ([name, { load }]) => {
      const { command } = await load()
      if (!('verbs' in command)) return [{ words: [name], leaf: command }]
      return Object.entries(command.verbs).map(([verb, { command: leaf }]) => ({ words: [name, verb], leaf }))
    }),
  )
).flat()

const all = [[], ...Object.keys(COMMANDS).map(name => [name]), ...found.map(({ words }) => words)]

describe('the help', () => {
  test.each(all)('of %s %s begins with examples, which are lines that it takes', async (...words) => {
    const { code, out, err } = await ran([...words.filter(word => word !== undefined), '--help'])
    expect([code, err]).toEqual([0, ''])
    const [title, ...lines] = out.split('\n')
    expect(title).toBe('Examples')
    const examples = lines.slice(0, lines.indexOf(''))
    expect(examples.length).toBeGreaterThan(0)
    for (const line of examples) expect(line).toMatch(/^ {2}.*consent-relay .* {2}# /)
  })

  test.each(found)('of $words names every flag', async ({ words, leaf }) => {
    const { out } = await ran([...words, '-h'])
    for (const flag of Object.keys(leaf.flags)) expect(out).toContain(`--${flag} `)
  })

  test('of the program names every command', async () => {
    const { out } = await ran(['help'])
    for (const name of Object.keys(COMMANDS)) expect(out).toMatch(new RegExp(`^  ${name}  `, 'm'))
  })

  test.each(found)('of $words has examples with flags that there are', ({ words, leaf }) => {
    const start = `consent-relay ${words.join(' ')}`
    const own = leaf.examples.flatMap(([line]) => line.split(' | ')).filter(line => line.includes(start))
    expect(own.length).toBeGreaterThan(0)
    for (const line of own) {
      const args = line
        .slice(line.indexOf(start) + start.length)
        .split(' ')
        .filter(word => word !== '')
      expect(() => leaf.read(args)).not.toThrow()
    }
  })
})

test('the simulator reads every flag that the command line names', () => {
  const simulator = found.find(({ words }) => words[0] === 'simulator')
  const values: Readonly<Record<string, string>> = { port: '1', latency: '1-2', key: 'a-us6', audience: 'a' }
  const flags = Object.entries(simulator?.leaf.flags ?? {}).filter(([name]) => name !== 'state')
  const args = flags.flatMap(([name, { value }]) =>
    value === undefined ? [`--${name}`] : [`--${name}`, values[name] ?? ''],
  )
  expect(args).toHaveLength(9)
  expect(readOptions(args)).toMatchObject({ port: 1, latencyMs: [1, 2], keys: ['a-us6'], audiences: ['a'] })
  expect(() => readOptions(['--state', '/nowhere'])).toThrow('--state')
})
