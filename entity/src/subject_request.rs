//! 主体请求: what a person asks about its data (PIPL 44–50), and what came of it.

use sea_orm::entity::prelude::*;

/// One row: one request.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subject_request")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Whom it is about.
    pub person_id: i64,
    /// Who asked: the person itself, or its guardian.
    pub filed_by_person_id: i64,
    /// What the asking program named it: what is sent again under one name is one request.
    #[sea_orm(column_type = "Text")]
    pub client_key: String,
    /// What is asked: 1 to 7 of the list of kinds.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// A kind or field of the catalogue that it concerns.
    #[sea_orm(column_type = "Text", nullable)]
    pub concerns: Option<String>,
    /// What the person wrote.
    #[sea_orm(column_type = "Text")]
    pub statement: String,
    /// Where the person lived when it asked: its officer answers.
    pub unit_id: i64,
    /// When.
    pub filed_at: DateTimeUtc,
    /// The last day on which the answer is in time, in Asia/Shanghai.
    pub due_on: Date,
    /// The department that the data came from.
    #[sea_orm(column_type = "Text", nullable)]
    pub forwarded_to: Option<String>,
    /// When it was last forwarded.
    pub forwarded_at: Option<DateTimeUtc>,
    /// The officer who did.
    #[sea_orm(column_type = "Text", nullable)]
    pub forwarded_by: Option<String>,
    /// `ANSWERED`, `REFUSED` or `WITHDRAWN`.
    #[sea_orm(column_type = "Text", nullable)]
    pub outcome: Option<String>,
    /// The answer, or why it is refused.
    #[sea_orm(column_type = "Text", nullable)]
    pub answer: Option<String>,
    /// When it ended.
    pub closed_at: Option<DateTimeUtc>,
    /// The officer who ended it; none where the person withdrew it.
    #[sea_orm(column_type = "Text", nullable)]
    pub closed_by: Option<String>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
