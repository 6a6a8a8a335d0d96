/** The value that this share of them does not exceed: the nearest rank, so the 99th percentile of 20 is the largest. */
export function percentile(values: readonly number[], share: number): number {
  const value = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)]
  if (value === undefined) throw new Error('there is nothing to take a percentile of')
  return value
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

export const range = (length: number, first = 0): number[] => Array.from({ length }, (_, index) => first + index)

export function chunksOf<T>(values: readonly T[], size: number): T[][] {
  return range(Math.ceil(values.length / size)).map(index => values.slice(index * size, (index + 1) * size))
}
