import { Problem } from '../../domain/problem.ts'

/**
 * R32: what `work` gives, or a refusal once `ms` have passed. The work goes on: what it keeps after that is kept, and a
 * repeat of it is known as one.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Problem('store_unavailable', 'the store did not answer in time')), ms)
  })
  // What fails after that has no caller any more.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
