import { type Io } from '../src/cli/io.ts'
import { run } from '../src/cli/run.ts'

export type Setting = {
  readonly env?: Readonly<Record<string, string>>
  readonly terminal?: boolean
  /** What is on standard input. */
  readonly input?: string
  readonly fetch?: Io['fetch']
}

type Ran = { readonly code: number; readonly out: string; readonly err: string }

/** `consent-relay …` in this process. */
export async function ran(args: readonly string[], setting: Setting = {}): Promise<Ran> {
  const { env = {}, terminal = false, input = '', fetch: ask = (url, init) => fetch(url, init) } = setting
  const said = { out: '', err: '' }
  const sink = (name: 'out' | 'err') => ({ isTTY: terminal, write: (text: string) => void (said[name] += text) })
  const io = { env, out: sink('out'), err: sink('err'), readInput: () => Promise.resolve(input), fetch: ask }
  const code = await run(args, io)
  return { code, ...said }
}
