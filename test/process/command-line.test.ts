import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runProgram, startListening, startProgram, temporaryFolder } from '../child.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

test('--version prints the release', async () => {
  expect(await runProgram(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
})

test('an unknown command exits 2 and suggests the nearest', async () => {
  const { code, stdout, stderr } = await runProgram(['serv'])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain("unknown command 'serv'")
  expect(stderr).toContain('Did you mean serve?')
})

test('an unknown option exits 2 and suggests the nearest', async () => {
  const { code, stdout, stderr } = await runProgram(['serve', '--prot', '0'])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain("unknown option '--prot'")
  expect(stderr).toContain('Did you mean --port?')
})

test('no command at all exits 2 and shows which there are', async () => {
  const { code, stderr } = await runProgram([])
  expect(code).toBe(2)
  expect(stderr).toContain('serve')
})

test('every setting that cannot be used is named at once, none is used, and no value is repeated (I11)', async () => {
  const { code, stdout, stderr } = await runProgram(['serve'], {
    CONSENT_RELAY_PORT: '80a',
    CONSENT_RELAY_MAILCHIMP_URL: 'http://10.0.0.1',
    CONSENT_RELAY_BOOTSTRAP_TOKEN: 'short-secret',
    CONSENT_RELAY_LOG_LEVEL: 'loud',
    CONSENT_RELAY_DATABASE_URL: 'mysql://relay:open-sesame@db/x',
    CONSENT_RELAY_PUBLIC_URL: 'relay.example',
  })
  expect([code, stdout]).toEqual([2, ''])
  const named = stderr.match(/CONSENT_RELAY_\w+/g)
  expect(named?.toSorted()).toEqual([
    'CONSENT_RELAY_BOOTSTRAP_TOKEN',
    'CONSENT_RELAY_DATABASE_URL',
    'CONSENT_RELAY_LOG_LEVEL',
    'CONSENT_RELAY_MAILCHIMP_URL',
    'CONSENT_RELAY_PORT',
    'CONSENT_RELAY_PUBLIC_URL',
  ])
  expect(stderr).not.toContain('short-secret')
  expect(stderr).not.toContain('open-sesame')
})

test.each([['-1'], ['65536'], ['8e3'], ['0x50'], [' 80'], ['80 ']])('the port %j is refused', async port => {
  const { code, stderr } = await runProgram(['serve'], { CONSENT_RELAY_PORT: port })
  expect([code, stderr]).toEqual([2, expect.stringContaining('CONSENT_RELAY_PORT')])
})

test('a flag overrides its variable, a wrong flag is an error like a wrong variable', async () => {
  await using folder = await temporaryFolder()
  const env = { CONSENT_RELAY_PORT: '80a', CONSENT_RELAY_HOST: '192.0.2.1', CONSENT_RELAY_LOG_LEVEL: 'loud' }
  const right = ['--port', '0', '--host', '127.0.0.1', '--log-level', 'error', '--data', folder.path]
  await using service = await startListening(['serve', ...right], env)
  expect(new URL(service.url).hostname).toBe('127.0.0.1')

  const { code, stderr } = await runProgram(['serve', ...right, '--port', '80b'], {})
  expect([code, stderr]).toEqual([2, expect.stringContaining('--port must be a port from 0 to 65535')])
})

test('a name that is no setting is refused with what may have been meant, beside what else is wrong', async () => {
  const wrong = { CONSENT_RELAY_LOGLEVEL: 'info', CONSENT_RELAY_HOST: ' 127.0.0.1' }
  const { code, stdout, stderr } = await runProgram(['serve'], wrong)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('CONSENT_RELAY_LOGLEVEL is no setting')
  expect(stderr).toContain('Did you mean CONSENT_RELAY_LOG_LEVEL?')
  expect(stderr).toContain('CONSENT_RELAY_HOST must be one line')
})

test('simulator prints one JSON line, answers, and leaves with 0 on SIGTERM', async () => {
  await using simulator = await startListening(['simulator', '--latency', '5'])
  expect((await fetch(`${simulator.url}/_simulator/stats`)).status).toBe(200)
  expect(await simulator.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(simulator.stdout()).toBe(`${JSON.stringify({ event: 'listening', url: simulator.url })}\n`)
})

test('demo names an option that it does not know, and starts nothing', async () => {
  const { code, stdout, stderr } = await runProgram(['demo', '--onse'])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Did you mean --once?')
})

test.each([
  [['--latencies', '5'], "unknown option '--latencies'\n(Did you mean --latency?)"],
  [['--port', '80a'], '--port: "80a" is not a port. Give a number from 0 to 65535'],
  [['--latency', 'slow'], '--latency: "slow" is neither milliseconds nor MIN-MAX. Give for example 120'],
  [['--latency', '9-1'], '--latency: "9-1" is neither'],
  [['--key', 'no-data-centre'], '--key: a key ends with its data centre'],
  [['--audience', 'a/b'], '--audience: "a/b" is not an id'],
  [['--state', '/nowhere/state.json'], '--state: /nowhere/state.json cannot be used'],
  [['8080'], "'8080' is one argument too many"],
])('simulator %j exits 2, names the flag and says what to do', async (args, message) => {
  const { code, stdout, stderr } = await runProgram(['simulator', ...args])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(message)
})

test('a command that talks to the service says when there is none, and exits 1', async () => {
  const env = { CONSENT_RELAY_URL: 'http://127.0.0.1:9', CONSENT_RELAY_TOKEN: 'any' }
  const { code, stdout, stderr } = await runProgram(['status'], env)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('http://127.0.0.1:9 cannot be reached')
})

test('a reader that leaves early ends a command without a word', async () => {
  const child = startProgram(['--help'])
  child.leave()
  expect(await child.ended).toEqual({ code: 0, signal: null })
  expect(child.stderr()).toBe('')
})
