import { type Story } from './story.ts'

/** Tries that a failing story is worth: each is a whole world. */
const MOST_TRIES = 80

/** The story without the steps that its failure does not need. It still fails, in the same way. */
export async function shrunk(story: Story, fails: (smaller: Story) => Promise<boolean>): Promise<Story> {
  let smallest = story
  let tries = 0
  for (let size = Math.ceil(story.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < smallest.steps.length && tries < MOST_TRIES;) {
      const steps = [...smallest.steps.slice(0, from), ...smallest.steps.slice(from + size)]
      tries += 1
      if (await fails({ ...smallest, steps })) smallest = { ...smallest, steps }
      else from += size
    }
  }
  return smallest
}
