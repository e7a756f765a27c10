// Portals: Apollo Client and urql, which ask by a hash first, and graphql-js, whose schema of the text
// must be that of introspection. Environment: GRAPHQL, SCHEMA, and TOKENS, a JSON object of tokens.
import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { createClient, fetchExchange } from '@urql/core'
import { persistedExchange } from '@urql/exchange-persisted'
import {
  buildClientSchema, buildSchema, getIntrospectionQuery, introspectionFromSchema, lexicographicSortSchema,
  printSchema, specifiedScalarTypes, validateSchema,
} from 'graphql'

const { GRAPHQL, SCHEMA } = process.env
const tokens = JSON.parse(readFileSync(0, 'utf8'))
const headers = { authorization: `Bearer ${tokens['PO P-RES']}` }
const QUERY = 'query First { entitlement { role } }'

// What went over the wire, to see that the clients asked by hash, fell back, and were answered.
let sent = []
const watched = async (uri, options) => {
  const { searchParams } = new URL(uri)
  const asked = options.body
    ? JSON.parse(options.body)
    : Object.fromEntries(searchParams.entries())
  sent.push({ method: options.method, hashed: !!asked.extensions, whole: !!asked.query })
  return fetch(uri, options)
}
const expectFallback = (name, method) => {
  const [first, second] = sent
  const fell = first && first.hashed && !first.whole && first.method === method && second?.whole
  if (!fell) throw new Error(`${name}: ${JSON.stringify(sent)}`)
  sent = []
  console.log(`${name}: ok`)
}
const expectRole = (name, data, error) => {
  if (!data?.entitlement?.role) throw new Error(`${name}: no data: ${error}`)
}

const sha256 = async (text) => createHash('sha256').update(text).digest('hex')
for (const useGET of [false, true]) {
  const name = `apollo by ${useGET ? 'GET' : 'POST'}`
  const link = new PersistedQueryLink({ sha256, useGETForHashedQueries: useGET })
    .concat(new HttpLink({ uri: GRAPHQL, headers, fetch: watched }))
  const client = new ApolloClient({ link, cache: new InMemoryCache() })
  const { data, error } = await client.query({ query: gql(QUERY) })
  expectRole(name, data, error)
  expectFallback(name, useGET ? 'GET' : 'POST')
}
for (const preferGetForPersistedQueries of [false, true]) {
  const name = `urql by ${preferGetForPersistedQueries ? 'GET' : 'POST'}`
  const client = createClient({
    url: GRAPHQL,
    fetch: watched,
    fetchOptions: { headers },
    preferGetMethod: false,
    exchanges: [
      persistedExchange({ preferGetForPersistedQueries, generateHash: (text) => sha256(text) }),
      fetchExchange,
    ],
  })
  const { data, error } = await client.query(QUERY, {}).toPromise()
  expectRole(name, data, error)
  expectFallback(name, preferGetForPersistedQueries ? 'GET' : 'POST')
}

const options = { descriptions: true, specifiedByUrl: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true }
for (const [role, token] of Object.entries(tokens)) {
  const bearer = { authorization: `Bearer ${token}` }
  const text = await (await fetch(SCHEMA, { headers: bearer })).text()
  const answer = await fetch(GRAPHQL, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery(options) }),
  })
  const { data, errors } = await answer.json()
  if (errors) throw new Error(`${role}: ${JSON.stringify(errors)}`)
  const [told, printed] = [buildClientSchema(data), buildSchema(text)]
  for (const schema of [told, printed]) {
    const wrong = validateSchema(schema)
    if (wrong.length) throw new Error(`${role}: ${wrong[0].message}`)
  }
  const form = (schema) => printSchema(lexicographicSortSchema(schema))
  if (form(told) !== form(printed)) throw new Error(`${role}: the text is not what introspection says`)
  const names = (schema) => {
    const types = introspectionFromSchema(schema, options).__schema.types.map((type) => type.name)
    // Scalars of the language that nothing uses are left out of a text.
    const own = types.filter((name) => !specifiedScalarTypes.some((scalar) => scalar.name === name))
    return JSON.stringify(own.sort())
  }
  if (names(told) !== names(printed)) throw new Error(`${role}: other types`)
  if (told.description !== printed.description || !told.description) throw new Error(`${role}: no description`)
}
console.log(`${Object.keys(tokens).length} schemas: ok`)
