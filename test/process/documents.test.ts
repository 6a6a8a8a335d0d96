import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, symlink } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { blocksOf, type Block } from '../markdown.ts'
import { ROOT } from '../source-files.ts'
import { temporaryFolder } from '../child.ts'

/** A block of commands, and the answer that the page prints below it. */
type Step = { readonly commands: string; readonly printed: string | undefined }

const stepsOf = (blocks: readonly Block[]): Step[] =>
  blocks.flatMap(({ language, text: commands }, index) => {
    if (language !== 'sh') return []
    const next = blocks[index + 1]
    return [{ commands, printed: next?.language === 'json' ? next.text : undefined }]
  })

/** Where an answer is not what a page prints. The page may leave out keys, and `…` stands for anything. */
function differences(printed: unknown, actual: unknown, at = '$'): string[] {
  if (typeof printed === 'string' && typeof actual === 'string') return fits(printed, actual) ? [] : [at]
  if (typeof printed !== 'object' || typeof actual !== 'object' || printed === null || actual === null)
    return printed === actual ? [] : [at]
  if (Array.isArray(printed) !== Array.isArray(actual)) return [at]
  if (Array.isArray(printed) && Array.isArray(actual) && printed.length !== actual.length) return [`${at}.length`]
  return Object.entries(printed).flatMap(([key, value]) => differences(value, Reflect.get(actual, key), `${at}.${key}`))
}

function fits(printed: string, actual: string): boolean {
  const [start = '', ...others] = printed.split('…')
  let from = start.length
  if (others.length === 0) return printed === actual
  if (!actual.startsWith(start)) return false
  for (const part of others) {
    const found = actual.indexOf(part, from)
    if (found < 0) return false
    from = found + part.length
  }
  return others.at(-1) === '' || actual.endsWith(others.at(-1) ?? '')
}

async function freePorts(count: number): Promise<string[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(server => once(server, 'listening')))
  const ports = servers.map(server => String((server.address() as AddressInfo).port))
  await Promise.all(servers.map(server => once(server.close(), 'close')))
  return ports
}

const MARK = '=== step'

/** Pastes all steps into one bash, which ends at the first command that fails. Gives what each step said. */
async function paste(steps: readonly Step[], folder: string): Promise<readonly string[]> {
  const [relayPort = '', simulatorPort = ''] = await freePorts(2)
  const script = ['set -euo pipefail', `trap 'kill $(jobs -p) 2>/dev/null || true' EXIT`]
  for (const { commands } of steps) script.push(`echo '${MARK}'`, commands)
  const bash = spawn('bash', ['-c', script.join('\n')], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', CONSENT_RELAY_PORT: relayPort, SIMULATOR_PORT: simulatorPort },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(bash, 'exit')
  const [said, complained] = await Promise.all([text(bash.stdout), text(bash.stderr)])
  expect({ code: (await ended)[0] as unknown, complained }, said).toEqual({ code: 0, complained: '' })
  return said.split(`${MARK}\n`).slice(1)
}

describe('the walk by the API', () => {
  test('works as it is printed, and answers what it prints', { timeout: 120_000 }, async () => {
    const steps = stepsOf(blocksOf(await readFile(join(ROOT, 'docs/api-walk.md'), 'utf8')))
    await using folder = await temporaryFolder()
    await symlink(join(ROOT, 'dist'), join(folder.path, 'dist'))
    const said = await paste(steps, folder.path)
    expect(said).toHaveLength(steps.length)
    const answered = steps.flatMap(({ printed }, index) => {
      if (printed === undefined) return []
      const last = said[index]?.trimEnd().split('\n').at(-1) ?? ''
      return [{ index, wrong: differences(JSON.parse(printed), JSON.parse(last)) }]
    })
    expect(answered.length).toBeGreaterThanOrEqual(8)
    expect(answered.filter(({ wrong }) => wrong.length > 0)).toEqual([])
  })
})

test('a command that fails is noticed', async () => {
  await using folder = await temporaryFolder()
  const steps = ['true', 'false | true', 'true'].map(commands => ({ commands, printed: undefined }))
  await expect(paste(steps, folder.path)).rejects.toThrow('code: 1')
})

describe('an answer', () => {
  const answer = { id: 'src_1', says: null, n: 1, list: [{ a: 'x', b: 'y' }], url: 'http://h:80/w/1' }

  test.each([
    [{ id: 'src_2' }, ['$.id']],
    [{ id: 'int_…' }, ['$.id']],
    [{ says: '…' }, ['$.says']],
    [{ missing: null }, ['$.missing']],
    [{ list: [] }, ['$.list.length']],
    [{ list: [{ a: 'y' }], n: 2 }, ['$.list.0.a', '$.n']],
    [{ url: 'http://…/w/2' }, ['$.url']],
    [[], ['$']],
  ])('differs from %j', (printed, places) => {
    expect(differences(printed, answer)).toEqual(places)
  })

  test.each([{}, answer, { id: 'src_…' }, { list: [{ b: 'y' }] }, { url: 'http://…/w/…' }])(
    'is printed as %j',
    printed => {
      expect(differences(printed, answer)).toEqual([])
    },
  )
})
