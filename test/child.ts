import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
/** Far more than a busy machine takes: these only name what never comes. */
const WITHIN = 3 * 60_000
const MOST_TRIES = 3_600
const BETWEEN_TRIES = 50
const LISTENING = /^\{"event":"listening","url":"([^"]+)"\}$/m

export type Environment = Readonly<Record<string, string>>
type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** One of our programs as a process of its own; it is killed when its scope ends. */
export type Child = AsyncDisposable & {
  stdout(): string
  stderr(): string
  /** Whether it still runs, as far as we were told. */
  isAlive(): boolean
  /** The address in its JSON line; rejects with what it complained of when it ends before that. */
  readonly listening: Promise<string>
  /** It has ended and everything it said is here. */
  readonly ended: Promise<Ended>
  /** Reads its standard output no more, as `head` does when it has enough. */
  leave(): void
  /** Signals this process, and no other one. */
  kill(signal?: NodeJS.Signals): Promise<Ended>
}

/** `consent-relay …` with this environment and no other, as the user that runs the tests unless told. */
export function startProgram(args: readonly string[], env: Environment = {}, uid?: number): Child {
  if (!existsSync(PROGRAM)) throw new Error('dist is missing: run npm test, which builds first')
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const kill = (signal: NodeJS.Signals = 'SIGKILL'): Promise<Ended> => {
    child.kill(signal)
    return ended
  }
  return {
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    listening: listeningOf(child, ended, said),
    ended,
    leave: () => child.stdout.destroy(),
    kill,
    [Symbol.asyncDispose]: async () => void (await kill()),
  }
}

type Said = { readonly stdout: string; readonly stderr: string }

function listeningOf(child: ChildProcess, ended: Promise<Ended>, said: Said): Promise<string> {
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const url = LISTENING.exec(said.stdout)?.[1]
      if (url !== undefined) resolve(url)
    })
    ended.then(({ code, signal }) => {
      reject(new Error(`it ended with ${signal ?? code} before it listened: ${said.stderr}`))
    }, reject)
  })
  // Whoever does not wait for it must not be told that it failed.
  listening.catch(() => undefined)
  return listening
}

type Running = Child & { readonly url: string }

/** A program that listens. */
export async function startListening(args: readonly string[], env: Environment = {}): Promise<Running> {
  const child = startProgram(args, env)
  return { ...child, url: await soon(child, child.listening) }
}

type Finished = Ended & { readonly stdout: string; readonly stderr: string }

/** A program that ends by itself; one that does not is killed, and its `signal` says so. */
export async function runProgram(args: readonly string[], env: Environment = {}, uid?: number): Promise<Finished> {
  const child = startProgram(args, env, uid)
  const ended = await soon(child, child.ended)
  return { ...ended, stdout: child.stdout(), stderr: child.stderr() }
}

/** A child that keeps us waiting is killed, so that it cannot outlive the test that gave up on it. */
async function soon<T>(child: Child, waited: Promise<T>): Promise<T> {
  const impatience = setTimeout(() => void child.kill(), WITHIN)
  return waited.finally(() => clearTimeout(impatience))
}

export const OWNER_TOKEN = 'owner-token-for-tests-of-real-processes'

/** What `serve` needs to run beside anything else on this machine, with all it stores in `folder`. */
export const serviceIn = (folder: string, more: Environment = {}): Environment => ({
  CONSENT_RELAY_PORT: '0',
  CONSENT_RELAY_DATA: folder,
  CONSENT_RELAY_BOOTSTRAP_TOKEN: OWNER_TOKEN,
  ...more,
})

export type Api = <T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly body: T }>

export const apiOf =
  (url: string, token = OWNER_TOKEN): Api =>
  async <T>(method: string, path: string, body?: unknown) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
  }

/** Asks until there is an answer, a bounded number of times. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await pause(BETWEEN_TRIES)
  }
  throw new Error(`asked ${MOST_TRIES} times until ${what}`)
}

export type Folder = AsyncDisposable & { readonly path: string; readonly database: string; readonly key: string }

/** A data folder that is gone after its scope. */
export async function temporaryFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'consent-relay-process-'))
  return {
    path,
    database: join(path, 'consent-relay.db'),
    key: join(path, 'key'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
