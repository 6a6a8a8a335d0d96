import { runCommand, unknownCommand } from './command.ts'
import { COMMANDS } from './commands.ts'
import { EXIT, type ExitCode, Failure, usageFailure } from './exit.ts'
import { helpOfProgram, type Example } from './help.ts'
import type { Io } from './io.ts'
import { suggestion } from './nearest.ts'
import { legible } from './legible.ts'

const EXAMPLES: readonly Example[] = [
  ['consent-relay serve', 'run the service on port 8080, with its data in ./data'],
  ['consent-relay status', 'how it goes, with the token in CONSENT_RELAY_TOKEN'],
  ['consent-relay quarantine reread --all', 'read again what could not be read'],
]

/** `consent-relay …`: does it, and gives the exit code. A failure goes to standard error. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(args, io)
  } catch (error) {
    io.err.write(`${legible(error instanceof Error ? error.message : String(error))}\n`)
    return error instanceof Failure ? error.exitCode : EXIT.failed
  }
}

async function dispatch([first, ...rest]: readonly string[], io: Io): Promise<ExitCode> {
  if (first === '--version' || first === '-V') return showVersion(io)
  // `help serve` is `serve --help`.
  if (first === 'help' && rest[0] !== undefined) return dispatch([rest[0], '--help'], io)
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    const sink = first === undefined ? io.err : io.out
    sink.write(helpOfProgram(Object.entries(COMMANDS).map(toNamed), EXAMPLES))
    return first === undefined ? EXIT.usage : EXIT.done
  }
  const entry = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined
  if (entry) {
    const { command } = await entry.load()
    return runCommand({ name: first, summary: entry.summary, command }, rest, io)
  }
  if (!first.startsWith('-')) throw unknownCommand({ name: first, typed: first, of: COMMANDS })
  throw usageFailure(
    `error: unknown option '${first}'${suggestion(first.replace(/^-+/, ''), ['help', 'version'], '--')}`,
  )
}

const toNamed = ([name, { summary }]: readonly [string, { readonly summary: string }]) => ({ name, summary })

async function showVersion(io: Io): Promise<ExitCode> {
  const { version } = await import('../version.ts')
  io.out.write(`${version}\n`)
  return EXIT.done
}
