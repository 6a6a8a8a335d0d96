import { z } from 'zod'
import { named } from './shared.ts'

/** Shapes of the token endpoint (RFC 6749). */

export const tokenRequest = named(
  'TokenRequest',
  z
    .object({
      grant_type: z.literal('client_credentials'),
      client_id: z.string().optional().describe('Left out when the client is in the Authorization header.'),
      client_secret: z.string().optional().describe('Left out when the client is in the Authorization header.'),
    })
    .describe('The client credentials grant; a scope is ignored.'),
  { grant_type: 'client_credentials', client_id: 'cli_01m83t4cm0000000example001', client_secret: 'crs_shown-once' },
)

export const accessToken = named(
  'AccessToken',
  z
    .object({
      access_token: z.string().describe('Opens the webhook of its own source and nothing else.'),
      token_type: z.literal('Bearer'),
      expires_in: z.int().describe('For how many seconds it works.'),
    })
    .describe('An access token for the webhook of a source.'),
  { access_token: 'cra_shown-once', token_type: 'Bearer', expires_in: 3_600 },
)

export const oauthError = named(
  'OAuthError',
  z
    .object({
      error: z.enum(['invalid_request', 'unsupported_grant_type', 'invalid_client']),
      error_description: z.string(),
    })
    .describe('A refusal (RFC 6749 section 5.2).'),
  { error: 'invalid_client', error_description: 'the client is not known or its secret is wrong' },
)
