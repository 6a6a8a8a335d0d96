import { type SwaggerTransform } from '@fastify/swagger'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { type Role } from '../../domain/role.ts'
import { refusalsOf } from './refusals.ts'

declare module 'fastify' {
  interface FastifySchema {
    'x-role'?: Role | 'public'
    'x-body-bytes'?: number | undefined
  }
}

const WHO_MAY: Readonly<Record<Role | 'public', string>> = {
  public: 'Anyone may call it.',
  viewer: 'Viewers, operators and owners may call it.',
  operator: 'Operators and owners may call it.',
  owner: 'Only owners may call it.',
}

/** Describes a route as it is registered: what it says of itself, who may use it, and how it refuses. */
export const describeOperation: SwaggerTransform = given => {
  const { schema, url } = jsonSchemaTransform(given)
  if (schema.hide === true) return { schema, url }
  const { route } = given
  const role = route.config?.role
  const refuses = { 'x-refuses': refusalsOf(route, schema), 'x-body-bytes': route.bodyLimit }
  if (role === undefined) return { url, schema: { ...schema, ...refuses } }
  const description = `${schema.description ?? ''} ${WHO_MAY[role]}`.trim()
  const open = role === 'public' ? { security: [] } : {}
  return { url, schema: { ...schema, ...refuses, ...open, description, 'x-role': role } }
}
