import { EXIT, Failure, type ExitCode, usageFailure } from './exit.ts'
import { type Flags, parseFlags, type Parsed } from './flags.ts'
import { type About, helpOf, helpOfGroup } from './help.ts'
import type { Io } from './io.ts'
import { suggestion } from './nearest.ts'

type Arguments<F extends Flags> = Parsed<F> & {
  /** As they were given. */
  readonly args: readonly string[]
}

type Spec<F extends Flags> = About & {
  readonly flags: F
  run(given: Arguments<F>, io: Io): Promise<ExitCode>
}

type Work = (io: Io) => Promise<ExitCode>

/** A command that does something. */
export type Leaf = About & {
  /** Refuses arguments that it cannot take, before anything is done. */
  read(args: readonly string[]): Work | 'help'
}

/** A word with commands below it. */
export type Group = { readonly verbs: Readonly<Record<string, { readonly summary: string; readonly command: Leaf }>> }

export type Command = Leaf | Group

/** A command by what it takes and what it does with it. */
export const leaf = <const F extends Flags>({ run, ...about }: Spec<F>): Leaf => ({
  ...about,
  read: args => {
    const parsed = parseFlags(args, about.flags)
    if (parsed.help) return 'help'
    const [first] = parsed.words
    if (first !== undefined && !about.words) throw usageFailure(`error: '${first}' is one argument too many`)
    return io => run({ ...parsed, args }, io)
  },
})

type Called<T> = { readonly name: string; readonly summary: string; readonly command: T }

/** Runs a command, or the verb of a group that the first argument names. */
export async function runCommand(called: Called<Command>, args: readonly string[], io: Io): Promise<ExitCode> {
  const { name, summary, command } = called
  if ('verbs' in command) return runVerb({ name, summary, command }, args, io)
  const work = withHint(name, () => command.read(args))
  if (work !== 'help') return work(io)
  io.out.write(helpOf({ name, summary, ...command }))
  return EXIT.done
}

async function runVerb(called: Called<Group>, args: readonly string[], io: Io): Promise<ExitCode> {
  const { name, command } = called
  const [verb, ...rest] = args
  const known = verb !== undefined && Object.hasOwn(command.verbs, verb) ? command.verbs[verb] : undefined
  if (known) return runCommand({ name: `${name} ${verb}`, ...known }, rest, io)
  const isHelp = verb === '--help' || verb === '-h'
  if (verb !== undefined && !isHelp) throw unknownCommand({ name: `${name} ${verb}`, typed: verb, of: command.verbs })
  const verbs = Object.entries(command.verbs).map(
    ([
      own,
      {
        summary,
        command: { examples },
      },
    ]) => ({
      name: own,
      summary,
      examples,
    }),
  )
  const sink = isHelp ? io.out : io.err
  sink.write(helpOfGroup(called, verbs))
  return isHelp ? EXIT.done : EXIT.usage
}

type Unknown = { readonly name: string; readonly typed: string; readonly of: Readonly<Record<string, unknown>> }

export const unknownCommand = ({ name, typed, of }: Unknown): Failure =>
  usageFailure(`error: unknown command '${name}'${suggestion(typed, Object.keys(of))}`)

/** Every refusal of arguments says where the help is. */
function withHint<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw usageFailure(`${error.message}\nconsent-relay ${name} --help shows what it takes.`)
  }
}
