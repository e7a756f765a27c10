// Apollo Client with its normalised cache, relayStylePagination and possibleTypes, as
// docs/portal-developers.md configures it. Environment: GRAPHQL, TOKEN.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'
import { ask, headers, listsAndPersons, page, same, stays, watched } from './gateway.mjs'

const { __schema } = await ask('{ __schema { types { name possibleTypes { name } } } }')
const possibleTypes = Object.fromEntries(
  __schema.types
    .filter((type) => type.possibleTypes)
    .map((type) => [type.name, type.possibleTypes.map((possible) => possible.name)]),
)
const pages = relayStylePagination(['where', 'orderBy'])
const byId = (__typename) => ({ read: (known, { args, toReference }) => known ?? toReference({ __typename, id: args.id }) })
const cache = new InMemoryCache({
  possibleTypes,
  typePolicies: {
    Query: { fields: { persons: pages, person: byId('Person') } },
    Person: { fields: { residencesConnection: pages } },
  },
})
const client = new ApolloClient({ link: new HttpLink({ uri: process.env.GRAPHQL, headers, fetch: watched }), cache })
const query = async (text, variables, fetchPolicy = 'cache-first') => {
  const { data, error } = await client.query({ query: gql(text), variables, fetchPolicy })
  if (error) throw error
  return data
}

const { settled } = await listsAndPersons('apollo', query)

// Page by page into one list, at the root and below a row.
let data = await query(page)
while (data.persons.pageInfo.hasNextPage) {
  await query(page, { after: data.persons.pageInfo.endCursor }, 'network-only')
  data = cache.readQuery({ query: gql(page) })
}
const all = await ask('query { persons(first: 500, orderBy: [{ birthDate: DESC }]) { edges { node { id } } } }')
same('all pages', data.persons.edges.map(({ node }) => node.id), all.persons.edges.map(({ node }) => node.id))
console.log('apollo pages: ok')

const variables = { id: settled.id }
let below = (await query(stays, variables)).node.residencesConnection
while (below.pageInfo.hasNextPage) {
  await query(stays, { ...variables, after: below.pageInfo.endCursor }, 'network-only')
  below = cache.readQuery({ query: gql(stays), variables }).node.residencesConnection
}
same('stays', below.edges.map(({ node }) => ({ id: node.id })), settled.residences)
if (below.totalCount !== settled.residences.length) throw new Error(`${below.totalCount} stays`)
console.log('apollo pages below a row: ok')

const again = 'query($id: ID!) { node(id: $id) { id ... on Person { name phone } } }'
same('a node', await query(again, variables, 'network-only'), await ask(again, variables))
console.log('apollo node: ok')
