import { trimmed } from './trimmed.ts'

const API_KEY = /^([0-9a-zA-Z]{16,64})-([a-zA-Z]{2,4}[0-9]{1,3})$/

/** A pasted API key in its one form: without what is around it, its data centre in lower case. */
export function apiKeyOf(pasted: string): string {
  const text = trimmed(pasted)
  const [, secret, dataCentre] = API_KEY.exec(text) ?? []
  return secret === undefined || dataCentre === undefined ? text : `${secret}-${dataCentre.toLowerCase()}`
}

/** The data centre that an API key names after its dash, or undefined when it is not Mailchimp's form of key. */
export const dataCentreOfKey = (apiKey: string): string | undefined => API_KEY.exec(apiKeyOf(apiKey))?.[2]

const SERVER =
  /^(?:https?:\/\/)?([a-z]{2,4}[0-9]{1,3})(?:\/?|\.(?:admin\.|api\.)?mailchimp\.com\.?(?::[0-9]{1,5})?(?:[/?#].*)?)$/

/**
 * The data centre in what people paste: an address of Mailchimp's pages or API, or the bare server name, as Didomi's
 * documents write it (`https://<server_name>`). Only this label is ever used, the pasted host is never called (request
 * forgery).
 */
export const dataCentreOfUrl = (pasted: string): string | undefined => SERVER.exec(trimmed(pasted).toLowerCase())?.[1]
