import type { Flags } from './flags.ts'

export type Example = readonly [line: string, says: string]

/** What the help of a command tells. */
export type About = {
  readonly examples: readonly Example[]
  readonly flags: Flags
  /** What the command takes beside its flags. */
  readonly words?: { readonly name: string; readonly says: string }
  /** What the summary does not say. */
  readonly notes?: string
}

type Named = { readonly name: string; readonly summary: string }
type Listed = Named & { readonly examples: readonly Example[] }

const PROGRAM = 'consent-relay'

/** The help of a command: examples first, since most readers need nothing else. */
export const helpOf = ({ name, summary, examples, flags, words, notes }: Named & About): string =>
  sections([
    examplesOf(examples),
    `Usage: ${[PROGRAM, name, words?.name, '[flags]'].filter(part => part !== undefined).join(' ')}`,
    sentence(summary),
    words && aligned('Arguments', [[words.name, words.says]]),
    aligned('Flags', [
      ...Object.entries(flags).map(([flag, { value, says }]) => [joined(`--${flag}`, value), says] as const),
      ['-h, --help', 'show this'],
    ]),
    notes,
  ])

/** The help of a word that has commands below it. */
export const helpOfGroup = ({ name, summary }: Named, verbs: readonly Listed[]): string =>
  sections([
    examplesOf(verbs.flatMap(({ examples }) => examples)),
    `Usage: ${PROGRAM} ${name} COMMAND [flags]`,
    sentence(summary),
    aligned('Commands', verbs.map(rowOf)),
    `${PROGRAM} ${name} COMMAND --help tells more about one of them.`,
  ])

export const helpOfProgram = (commands: readonly Named[], examples: readonly Example[]): string =>
  sections([
    examplesOf(examples),
    `Usage: ${PROGRAM} COMMAND [flags]`,
    'Keeps Mailchimp contacts in step with Didomi preferences.',
    aligned('Commands', commands.map(rowOf)),
    aligned('Flags', [
      ['-h, --help', 'show this'],
      ['-V, --version', 'show the release'],
    ]),
    `${PROGRAM} COMMAND --help tells more about one of them.`,
  ])

const rowOf = ({ name, summary }: Named): Example => [name, summary]
const joined = (flag: string, value: string | undefined): string => (value === undefined ? flag : `${flag} ${value}`)
const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
const sections = (parts: readonly (string | undefined)[]): string =>
  `${parts.filter(part => part !== undefined).join('\n\n')}\n`

const examplesOf = (examples: readonly Example[]): string =>
  aligned(
    'Examples',
    examples.map(([line, says]) => [line, `# ${says}`]),
  )

function aligned(title: string, rows: readonly Example[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return [title, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)].join('\n')
}
