/** What vitest's JSON reporter says of a run, as far as it counts here. */
export type Report = {
  readonly testResults: readonly {
    /** Why the file could not be loaded; empty when it was. */
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

export type Verdict =
  { readonly kind: 'caught'; readonly by: string } | { readonly kind: 'missed'; readonly why: string }

/** A failed expectation, or a property of which fast-check found a counterexample. */
const ASSERTED = /^(?:AssertionError|Error: Property failed)/

/** A bug is caught where a test says that something is not as it should be; a crash says that of nothing. */
export function verdictOf({ testResults }: Report): Verdict {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults)
  const failed = all.filter(({ status }) => status === 'failed')
  const caught = failed.find(({ failureMessages }) => failureMessages.some(text => ASSERTED.test(text)))
  if (caught) return { kind: 'caught', by: caught.fullName }
  const [first] = failed
  if (first)
    return { kind: 'missed', why: `${first.fullName} failed by no assertion: ${lineOf(first.failureMessages)}` }
  const unloaded = testResults.find(({ message }) => message !== '')
  if (unloaded) return { kind: 'missed', why: `the file could not be run: ${lineOf([unloaded.message])}` }
  const passed = all.filter(({ status }) => status === 'passed').length
  return { kind: 'missed', why: passed === 0 ? 'no test ran' : `all of ${passed} tests passed` }
}

/** The test did what it does without a bug. */
export const isSound = ({ testResults }: Report): boolean => {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults)
  return all.some(({ status }) => status === 'passed') && all.every(({ status }) => status !== 'failed')
}

const lineOf = ([text = '']: readonly string[]): string => text.split('\n')[0] ?? ''
