const DATA_CENTRE = /^[a-z]{2,4}[0-9]{1,3}$/
const API_KEY = /^[0-9a-zA-Z]{16,64}-([a-z]{2,4}[0-9]{1,3})$/

/** The data centre that an API key names after its dash, or undefined when it is not Mailchimp's form of key. */
export const dataCentreOfKey = (apiKey: string): string | undefined => API_KEY.exec(apiKey)?.[1]

/**
 * The data centre in what people paste: the admin URL, the API URL, or the bare server name, with or without a
 * trailing slash. Only this label is ever used, the pasted host is never called (request forgery).
 */
export function dataCentreOfUrl(pasted: string): string | undefined {
  const text = pasted.trim().toLowerCase().replace(/\/$/, '')
  if (DATA_CENTRE.test(text)) return text
  const parts = /^https:\/\/([a-z0-9]+)\.(?:admin|api)\.mailchimp\.com(?:[/?#].*)?$/.exec(text)
  return parts?.[1] !== undefined && DATA_CENTRE.test(parts[1]) ? parts[1] : undefined
}
