//! A mutation compiled under a permit: one act.

use async_graphql_value::Value as Argument;

use super::{Document, Member, compile::Compiler};
use crate::{
    error::{Code, GatewayError, Result},
    graphql::{Unshared, acts, input::Variables},
    policy::{Act, Permit},
};

/// One act with its arguments, variables still in them, and what its answer shows.
#[derive(Debug)]
pub struct CompiledMutation {
    /// The response key.
    pub key: String,
    /// What is to be done.
    pub act: Act,
    /// The name of its field.
    pub name: &'static str,
    /// With what.
    pub arguments: Vec<(String, Argument)>,
    /// Members of the answer.
    pub members: Vec<Member>,
}

/// Compiles a mutation.
///
/// # Errors
/// When it does not ask for exactly one act, or for one that the permit does not have.
pub fn mutation(
    document: &Document,
    permit: &Permit,
    variables: &Variables,
) -> Result<CompiledMutation> {
    let compiler = Compiler::new(document, permit, variables, Unshared::Refused);
    let roots = compiler.collect([&document.operation.selection_set.node], None)?;
    let (Some((key, fields)), true) = (roots.first(), roots.len() == 1) else {
        return Err(GatewayError::new(
            Code::GraphqlValidationFailed,
            "a mutation asks for one act: each commits with a record of its own",
        ));
    };
    let field = fields[0];
    let signature = acts::named(permit, &field.node.name.node).ok_or_else(|| {
        GatewayError::new(Code::GraphqlValidationFailed, "there is no act of this name here")
            .at(field.pos)
    })?;
    let arguments = field.node.arguments.iter();
    Ok(CompiledMutation {
        key: (*key).to_owned(),
        act: signature.act,
        name: signature.name,
        arguments: arguments
            .map(|(name, value)| (name.node.to_string(), value.node.clone()))
            .collect(),
        members: compiler.members(fields, signature.answer(permit))?,
    })
}
