import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A program of ours that told us where it listens. */
export type Running = {
  readonly url: string
  /** The token of the link that it shows while nobody has an account. */
  readonly setupToken: Promise<string>
  stop(): Promise<void>
}

/** Starts `consent-relay <args>` and resolves with its URL. */
export async function startProgram(
  cli: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Running> {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...withoutSettings(process.env), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const setupToken = announced(child)
  return {
    url: await listening(child, args[0] ?? ''),
    setupToken,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** The settings of a service on this machine are not for the demo, which would write into its database. */
export const withoutSettings = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('CONSENT_RELAY_')))

/** What else it says goes to our standard error. */
const announced = (child: ChildProcess): Promise<string> =>
  new Promise(resolve => {
    if (!child.stderr) return
    createInterface({ input: child.stderr }).on('line', line => {
      const token = /\/setup#token=([^\s/]+)$/.exec(line)?.[1]
      if (token === undefined) console.error(line)
      else resolve(token)
    })
  })

async function listening(child: ChildProcess, name: string): Promise<string> {
  if (!child.stdout) throw new Error(`${name} has no standard output`)
  for await (const line of createInterface({ input: child.stdout })) {
    const said: unknown = JSON.parse(line)
    if (typeof said === 'object' && said !== null && 'url' in said && typeof said.url === 'string') return said.url
  }
  throw new Error(`${name} stopped before it listened`)
}

/** Calls an API with JSON, and throws with what it answered when it refuses. */
export const createCaller =
  (base: string, authorization?: string) =>
  async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(base + path, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    // The caller names the shape; the demo checks what it relies on.
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

export type Call = ReturnType<typeof createCaller>
