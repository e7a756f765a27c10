//! What administrators may change.

use async_graphql::MergedObject;

use super::{
    cases::{CaseMutation, SignatureMutation},
    clients::ClientMutation,
    grants::GrantMutation,
    requests::AccessRequestMutation,
    volumes::LimitMutation,
};

/// The root of mutations.
#[derive(MergedObject, Default)]
pub struct Mutation(GrantMutation, AccessRequestMutation, ClientMutation, LimitMutation);

/// The root of mutations of the data protection officer.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct OfficerMutation(
    GrantMutation,
    AccessRequestMutation,
    ClientMutation,
    LimitMutation,
    CaseMutation,
    SignatureMutation,
);

/// The root of mutations of the auditor, who signs cases and changes nothing else.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct AuditorMutation(SignatureMutation);
