import { parseArgs } from 'node:util'
import { usageFailure } from './exit.ts'
import { suggestion } from './nearest.ts'

type Flag = {
  readonly says: string
  /** What stands for its value in the help; a flag without one is a switch. */
  readonly value?: string
  /** It may be given several times. */
  readonly many?: true
}

export type Flags = Readonly<Record<string, Flag>>

type Value<F extends Flag> = F extends { value: string }
  ? F extends { many: true }
    ? readonly string[]
    : string
  : true

export type Given<F extends Flags> = { readonly [Name in keyof F]?: Value<F[Name]> | undefined }

export type Parsed<F extends Flags> = {
  readonly flags: Given<F>
  /** What is no flag. */
  readonly words: readonly string[]
  readonly help: boolean
}

/** Reads the arguments of a command. Refuses a flag that it does not know, and one without its value. */
export function parseFlags<F extends Flags>(args: readonly string[], flags: F): Parsed<F> {
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...optionsOf(flags), help: { type: 'boolean', short: 'h' } },
    // Node's own refusals suggest nothing, and speak of how to escape.
    strict: false,
    tokens: true,
  })
  const options = tokens.filter(token => token.kind === 'option')
  const help = options.some(({ name }) => name === 'help')
  const values = help ? [] : options.map(token => ({ name: token.name, value: valueOf(token, flags) }))
  const given = values.map(({ name, value }) => [name, flags[name]?.many ? valuesNamed(values, name) : value])
  // Each is of its flag's type: untyped arguments enter here.
  const typed = Object.fromEntries(given) as Given<F>
  return { flags: typed, words: tokens.flatMap(token => (token.kind === 'positional' ? [token.value] : [])), help }
}

const valuesNamed = (values: readonly { readonly name: string; readonly value: unknown }[], wanted: string) =>
  values.filter(({ name }) => name === wanted).map(({ value }) => value)

const optionsOf = (flags: Flags) =>
  Object.fromEntries(
    Object.entries(flags).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )

type OptionToken = {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function valueOf({ name, rawName, value, inlineValue }: OptionToken, flags: Flags): true | string {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (!flag || !rawName.startsWith('--'))
    throw usageFailure(`error: unknown option '${rawName}'${suggestion(name, Object.keys(flags), '--')}`)
  if (flag.value === undefined) {
    if (value !== undefined) throw usageFailure(`error: ${rawName} takes no value`)
    return true
  }
  if (value === undefined || (!inlineValue && /^-./.test(value)))
    throw usageFailure(`error: ${rawName} needs a value: ${rawName} ${flag.value}, or ${rawName}=${flag.value}`)
  return value
}
