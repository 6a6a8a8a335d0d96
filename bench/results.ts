/** One line of the table and of `results.json`. Without a target it is only reported; without a value it failed. */
export type Result = {
  readonly name: string
  readonly target: string | null
  readonly value: number | null
  readonly unit: string
  readonly met: boolean | null
  readonly how: string
}

export type Measured = { readonly name: string; readonly value: number; readonly unit: string; readonly how: string }

export type Benchmark = () => Promise<Result[]>

export const atMost = (most: number, measured: Measured): Result => ({
  ...rounded(measured),
  target: `<= ${most}`,
  met: measured.value <= most,
})

export const atLeast = (least: number, measured: Measured): Result => ({
  ...rounded(measured),
  target: `>= ${least}`,
  met: measured.value >= least,
})

/** Worth knowing, and no budget. */
export const reported = (measured: Measured): Result => ({ ...rounded(measured), target: null, met: null })

/** A benchmark that broke has met nothing. */
export const broken = (name: string, error: unknown): Result => ({
  name,
  target: null,
  value: null,
  unit: '',
  met: false,
  how: `did not run: ${error instanceof Error ? error.message : String(error)}`,
})

/** The order in which `results.json` and the table have the parts; what was measured is judged unrounded. */
function rounded({ name, value, unit, how }: Measured): Result {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3
  return { name, target: null, value: Number(value.toFixed(digits)), unit, met: null, how }
}

const STANDING = { met: 'met', missed: 'MISSED', reported: '' } as const

export function tableOf(results: readonly Result[]): string {
  const rows = results.map(({ name, target, value, unit, met }) => [
    name,
    target ?? '',
    value === null ? 'broken' : value.toLocaleString('en-US', { maximumFractionDigits: 3 }),
    unit,
    met === null ? STANDING.reported : met ? STANDING.met : STANDING.missed,
  ])
  const all = [['what', 'target', 'value', 'unit', ''], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map(row => row[column]?.length ?? 0))) ?? []
  return all.map(row => row.map((cell, column) => aligned(cell, column, widths[column] ?? 0)).join('  ')).join('\n')
}

const NUMBERS = 2

const aligned = (cell: string, column: number, width: number): string =>
  column === NUMBERS ? cell.padStart(width) : cell.padEnd(width)
