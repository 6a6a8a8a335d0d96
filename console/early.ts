/** What was asked of the API before there was a page to show it. */
const answers = new Map<string, Promise<Response>>()

/** In the very form of a later request, so that its answer can be given to that. */
export const READ: RequestInit = { headers: { accept: 'application/json' }, credentials: 'same-origin' }

export function askEarly(url: string): void {
  const answer = fetch(url, READ).then(inFull)
  // Whoever takes it is told; nobody else needs to know.
  answer.catch(() => undefined)
  answers.set(url, answer)
}

/** Nobody may take it, and one that is not read to its end keeps a connection. */
const inFull = async (response: Response): Promise<Response> => new Response(await response.blob(), response)

/** The early answer of an address, once. One that is no good is not worth having: the page asks again. */
export async function takeEarly(url: string): Promise<Response | undefined> {
  const answer = answers.get(url)
  if (!answers.delete(url)) return undefined
  const response = await answer?.catch(() => undefined)
  return response?.ok ? response : undefined
}

/** After a write, or for somebody else, they would be out of date. */
export const forgetEarly = (): void => answers.clear()
