//! 紧急访问: one clinician's emergency access to one patient, from its opening to its review.

use sea_orm::entity::prelude::*;

/// One row: one event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "break_glass")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The patient.
    pub person_id: i64,
    /// Who opened it: the acting officer, or the subject of the token.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// The issuer that knows them by this name; not known of accesses that are older than the column,
    /// which open nothing any more.
    #[sea_orm(column_type = "Text", nullable)]
    pub issuer: Option<String>,
    /// The code of the role it was opened in.
    #[sea_orm(column_type = "Text")]
    pub role: String,
    /// The organization it was opened for.
    pub organization_id: i64,
    /// Where that organization works.
    pub unit_id: i64,
    /// A code of the closed list of reasons.
    #[sea_orm(column_type = "Text")]
    pub reason_code: String,
    /// What happened, in the clinician's words.
    #[sea_orm(column_type = "Text")]
    pub reason_text: String,
    /// Open from this instant.
    pub opened_at: DateTimeUtc,
    /// Over from this instant.
    pub expires_at: DateTimeUtc,
    /// When the clinician ended it before.
    pub closed_at: Option<DateTimeUtc>,
    /// When a second person reviewed it.
    pub reviewed_at: Option<DateTimeUtc>,
    /// The subject of the reviewer's token.
    #[sea_orm(column_type = "Text", nullable)]
    pub reviewer: Option<String>,
    /// `JUSTIFIED` or `UNJUSTIFIED`.
    #[sea_orm(column_type = "Text", nullable)]
    pub verdict: Option<String>,
    /// What the reviewer noted.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// What is odd about the review itself: `RECIPROCAL` where the two review each other.
    #[sea_orm(column_type = "Text", nullable)]
    pub review_flag: Option<String>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
