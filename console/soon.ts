const SOON_MS = 3_000

/** After what the page shows first; then also what is seldom wanted is loaded, to be there at once when it is. */
export const soon = (): Promise<void> => new Promise(resolve => void setTimeout(resolve, SOON_MS))
