// What a portal asks with Relay; compiled by relay-compiler against the caller's own schema.
import { graphql } from 'relay-runtime'

export const wide = graphql`
  query ResidentsWideQuery {
    persons(first: 500) { nodes { id name phone } }
  }
`
export const narrow = graphql`
  query ResidentsNarrowQuery {
    persons(first: 500) { nodes { id name } }
  }
`
export const person = graphql`
  query ResidentsPersonQuery($id: ID!) {
    person(id: $id) { id name phone }
  }
`
export const node = graphql`
  query ResidentsNodeQuery($id: ID!) {
    node(id: $id) { __typename id ... on Person { name phone } }
  }
`
export const list = graphql`
  fragment Residents_list on Query
    @argumentDefinitions(count: { type: "Int", defaultValue: 40 }, cursor: { type: "String" })
    @refetchable(queryName: "ResidentsListPageQuery") {
    persons(first: $count, after: $cursor, orderBy: [{ birthDate: DESC }])
      @connection(key: "Residents_persons") {
      edges { node { id name } }
    }
  }
`
export const home = graphql`
  query ResidentsListQuery { ...Residents_list }
`
export const stays = graphql`
  fragment Residents_stays on Person
    @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" })
    @refetchable(queryName: "ResidentsStaysPageQuery") {
    residencesConnection(first: $count, after: $cursor)
      @connection(key: "Residents_residencesConnection") {
      totalCount
      edges { node { id arrivalDate } }
    }
  }
`
export const resident = graphql`
  query ResidentsStaysQuery($id: ID!) {
    person(id: $id) { id ...Residents_stays }
  }
`
