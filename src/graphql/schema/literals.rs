//! Enumeration values in documents are names (GraphQL §3.9): a string in the place of one is an error
//! there, although not in variables. The library's validation takes both.

use std::sync::Arc;

use async_graphql::{
    Pos, ServerError, ServerResult, ValidationResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextValidation},
    parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet},
    registry::{MetaType, Registry},
};
use async_graphql_value::Value;
use parking_lot::Mutex;

/// Adds this rule to those of a schema.
pub struct Literals;

impl ExtensionFactory for Literals {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Rule::default())
    }
}

/// The rule over one document: seen when it is parsed, told when it is validated.
#[derive(Default)]
struct Rule(Mutex<Vec<ServerError>>);

#[async_trait::async_trait]
impl Extension for Rule {
    async fn parse_query(
        &self,
        context: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(context, query, variables).await?;
        let mut walk = Walk { registry: &context.schema_env.registry, found: Vec::new() };
        walk.document(&document);
        *self.0.lock() = walk.found;
        Ok(document)
    }

    async fn validation(
        &self,
        context: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let validated = next.run(context).await;
        let found = std::mem::take(&mut *self.0.lock());
        match validated {
            Ok(result) if found.is_empty() => Ok(result),
            Ok(_) => Err(found),
            Err(errors) => Err(errors.into_iter().chain(found).collect()),
        }
    }
}

struct Walk<'r> {
    registry: &'r Registry,
    found: Vec<ServerError>,
}

impl<'r> Walk<'r> {
    fn document(&mut self, document: &ExecutableDocument) {
        for (_, operation) in document.operations.iter() {
            let root = match operation.node.ty {
                OperationType::Query => Some(self.registry.query_type.as_str()),
                OperationType::Mutation => self.registry.mutation_type.as_deref(),
                OperationType::Subscription => None,
            };
            for definition in &operation.node.variable_definitions {
                let definition = &definition.node;
                if let Some(default) = &definition.default_value {
                    let ty = definition.var_type.node.to_string();
                    self.value(&ty, &default.node.clone().into_value(), default.pos);
                }
            }
            self.selections(root, &operation.node.selection_set.node);
        }
        for fragment in document.fragments.values() {
            let on = fragment.node.type_condition.node.on.node.as_str();
            self.selections(Some(on), &fragment.node.selection_set.node);
        }
    }

    fn selections(&mut self, parent: Option<&str>, set: &SelectionSet) {
        let registry = self.registry;
        let known = parent.and_then(|name| registry.types.get(name));
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let fields = known.and_then(MetaType::fields);
                    let known = fields.and_then(|fields| fields.get(field.name.node.as_str()));
                    for (name, value) in &field.arguments {
                        if let Some(argument) = known.and_then(|f| f.args.get(name.node.as_str())) {
                            self.value(&argument.ty, &value.node, name.pos);
                        }
                    }
                    let below = known.map(|known| concrete(&known.ty));
                    self.selections(below, &field.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = condition.map(|condition| condition.node.on.node.as_str());
                    self.selections(on.or(parent), &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// A value in the place of a type, whatever lists are around it.
    fn value(&mut self, ty: &str, value: &Value, position: Pos) {
        let name = concrete(ty);
        match (self.registry.types.get(name), value) {
            (Some(MetaType::Enum { .. }), Value::String(_)) => {
                let message = format!("a value of {name} is written without quotes");
                self.found.push(ServerError::new(message, Some(position)));
            }
            (_, Value::List(items)) => {
                items.iter().for_each(|item| self.value(ty, item, position));
            }
            (Some(MetaType::InputObject { input_fields, .. }), Value::Object(members)) => {
                for (member, value) in members {
                    if let Some(field) = input_fields.get(member.as_str()) {
                        self.value(&field.ty, value, position);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The name of a type without its lists and exclamation marks.
fn concrete(ty: &str) -> &str {
    ty.trim_matches(['[', ']', '!'])
}
