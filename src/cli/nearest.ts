/** The names that a mistyped one may have meant, the nearest first; none when all are far away. */
function nearest(typed: string, names: readonly string[]): string[] {
  const near = names
    .map(name => ({ name, distance: name.startsWith(typed) && typed.length > 2 ? 1 : distanceOf(typed, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(Math.max(typed.length, name.length) * 0.4)))
  const least = Math.min(...near.map(({ distance }) => distance))
  return near.filter(({ distance }) => distance === least).map(({ name }) => name)
}

/** A line that names them, or nothing. */
export function suggestion(typed: string, names: readonly string[], dashes = ''): string {
  const near = nearest(typed, names).map(name => dashes + name)
  if (near.length === 0) return ''
  return near.length === 1 ? `\n(Did you mean ${near[0]}?)` : `\n(Did you mean one of ${near.join(', ')}?)`
}

/** How many letters to put in, take out, change or swap with their neighbour. */
function distanceOf(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = isSwap ? (before[j - 2] ?? 0) + 1 : Infinity
      next.push(Math.min((last[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change, swap))
    }
    before = last
    last = next
  }
  return last[b.length] ?? 0
}
