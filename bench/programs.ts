import { spawn, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A program of ours, built and running as a process of its own. */
export type Program = {
  readonly url: string
  /** From spawning it to its line that says it listens. */
  readonly startMs: number
  /** Processor time of all its threads so far. */
  cpuMs(): Promise<number>
  memory(): Promise<Memory>
  /** Asks it to finish, and waits until it has. */
  stop(): Promise<void>
}

type Memory = { readonly nowMiB: number; readonly peakMiB: number }

const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

export async function startProgram(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Program> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const url = await listening(child, args[0] ?? '')
  const startMs = performance.now() - startedAt
  return {
    url,
    startMs,
    cpuMs: () => cpuMs(child),
    memory: () => memory(child),
    async stop() {
      child.kill('SIGTERM')
      await ended
      process.off('exit', kill)
    },
  }
}

async function listening({ stdout }: ChildProcess, name: string): Promise<string> {
  if (stdout) {
    for await (const line of createInterface({ input: stdout })) return (JSON.parse(line) as { url: string }).url
  }
  throw new Error(`${name} ended before it listened`)
}

const TICK_MS = 10

/** `utime` and `stime` of proc(5); the fields before them hold a name that may itself hold anything but a last `)`. */
async function cpuMs({ pid }: ChildProcess): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

async function memory({ pid }: ChildProcess): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8')
  const mib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024
  return { nowMiB: mib('VmRSS'), peakMiB: mib('VmHWM') }
}
