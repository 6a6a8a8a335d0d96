import { type Bug } from './bug.ts'

const count = (text: string, part: string): number => text.split(part).length - 1

/** Why a bug cannot be planted in the text of its file; undefined when it can. */
export function whyNot({ rule, file, find, replace }: Bug, text: string | undefined): string | undefined {
  if (text === undefined) return `${rule}: there is no ${file}`
  if (find === replace) return `${rule}: what is to be put into ${file} is what is there`
  const places = count(text, find)
  return places === 1 ? undefined : `${rule}: ${file} has ${places} places that read ${JSON.stringify(find)}`
}

/** The text of its file with the bug in it. What is put in stands there as it is written, `$` included. */
export function planted(bug: Bug, text: string): string {
  const problem = whyNot(bug, text)
  if (problem !== undefined) throw new Error(problem)
  return text.replace(bug.find, () => bug.replace)
}
