//! The description of a schema. The library answers with that of the type `__Schema`.

use std::sync::Arc;

use async_graphql::{
    ServerResult, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo},
};

/// Has `__schema { description }` answer with these words.
#[derive(Clone, Copy)]
pub struct Described(pub &'static str);

impl ExtensionFactory for Described {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(*self)
    }
}

#[async_trait::async_trait]
impl Extension for Described {
    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        match (info.parent_type, info.name) {
            ("__Schema", "description") => Ok(Some(Value::from(self.0))),
            _ => next.run(context, info).await,
        }
    }
}
