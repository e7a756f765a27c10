//! Taking back a notice that nobody answered yet.

use chrono::{DateTime, Utc};
use entity::residence_notice::{Column, Entity};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use super::{KIND, Notice, Told, WAITS, WITHDRAWN, missing, notice};
use crate::{
    acts::{ActContext, Actor, break_glass::organization_of, conflict, unavailable},
    audit::Applied,
    due::recompute,
    error::Result,
    graphql::input,
};

/// A notice to be taken back.
pub struct Withdraw {
    notice: i64,
}

impl Withdraw {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When the id is not one of a notice.
    pub fn read(context: &ActContext<'_>) -> Result<Self> {
        let notice = input::key(context.identifiers, KIND, &context.given.required("id")?)?;
        Ok(Self { notice })
    }

    pub(in crate::acts) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let organization = organization_of(actor, transaction).await?;
        let found = notice(self.notice, transaction).await?;
        let is_own = |route: &super::Route| route.sender_organization_id == Some(organization.id);
        let found = found.filter(|(_, route)| is_own(route));
        let (before, _) = found.ok_or_else(missing)?;
        if before.status.as_deref() == Some(WITHDRAWN) {
            let told = Told::of(before, false);
            return Ok((told.applied("residence_notice.repeat", None), told));
        }
        if before.status.as_deref() != Some(WAITS) {
            return Err(conflict("this notice is answered already"));
        }
        Entity::update_many()
            .col_expr(Column::Status, Expr::value(WITHDRAWN))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(Column::Id.eq(before.id))
            .exec(transaction)
            .await
            .map_err(unavailable)?;
        let after = Notice { status: Some(WITHDRAWN.to_owned()), ..before.clone() };
        recompute(transaction, after.person_id, actor.today).await.map_err(unavailable)?;
        let told = Told::of(after, false);
        Ok((told.applied("residence_notice.withdraw", Some(&before)), told))
    }
}
