//! 流入通报(告知): notice of arrival (居住证暂行条例 12(三), 14; seed A 三(二)).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: notice of arrival.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "residence_notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub community_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub address: Option<String>,
    pub arrival_date: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub expected_stay: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub source: Option<String>,
    pub sent_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub forwarded_to_name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub forwarded_to_kind: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub status: Option<String>,
    pub answered_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub refusal_reason: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub source_system: String,
    #[sea_orm(column_type = "Text")]
    pub collecting_department: String,
    pub collected_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// Where the kind leads stands in [`Shared::kind`].
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Shared for Entity {
    fn kind() -> KindSpec {
        KindSpec {
            name: "ResidenceNotice",
            single: "residenceNotice",
            plural: "residenceNotices",
            label_zh: "流入通报(告知)",
            label_en: "notice of arrival",
            standard: "居住证暂行条例 12(三), 14; seed A 三(二)",
            group: Group::G09,
            class: Class::C1,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("residenceNotices", "流入通报"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::CommunityCode => Field(field("communityCode", Code, G08, C2, Mask::Community, Gateway).label("现居住社区", "community of residence").steward("collector").codes(&REGION_OF_RESIDENCE).standard("unit of level community").coarse(Mask::Redact)),
            Column::Address => Field(field("address", String, G08, C2, Mask::coarser(Column::CommunityCode), Gateway).label("现居住详址", "address of residence").steward("collector").style("COMMUNITY").coarse(Mask::Redact).identifies()),
            Column::ArrivalDate => Field(field("arrivalDate", Date, G09, C2, Mask::YearMonth, Gateway).label("到达日期", "arrived on").steward("collector").standard("as told").coarse(Mask::Redact)),
            Column::ExpectedStay => Field(field("expectedStay", Code, G09, C2, Mask::Plain, Gateway).label("预期居住时间", "expected stay").steward("collector").codes(&EXPECTED_STAY).standard("list of ResidenceRegistration.expectedStay").coarse(Mask::Redact)),
            Column::Source => Field(field("source", Code, G09, C1, Mask::Plain, Gateway).label("通报来源", "who gave notice").codes(&NOTICE_SOURCE).standard("1社区计生专干 2社区/街道 3网格(本人同意)").coarse(Mask::Redact)),
            Column::SentAt => Field(field("sentAt", DateTime, G09, C1, Mask::YearMonth, Gateway).label("通报时间", "sent at").coarse(Mask::Redact)),
            Column::ForwardedToName => Internal("read through forwardedTo, which generalizes disclosing organizations"),
            Column::ForwardedToKind => Internal("decides how forwardedTo is generalized"),
            Column::Status => Field(field("status", Code, G09, C1, Mask::Plain, Gateway).label("状态", "status").codes(&NOTICE_STATUS).standard("1待受理 2已受理 3已退回 4已撤回").coarse(Mask::Redact)),
            Column::AnsweredOn => Field(field("answeredOn", Date, G09, C1, Mask::YearMonth, Gateway).label("答复日期", "answered on").coarse(Mask::Redact)),
            Column::RefusalReason => Field(field("refusalReason", Code, G09, C1, Mask::Plain, Gateway).label("退回原因", "reason of refusal").steward("collector").codes(&REFUSAL_REASON).standard("1不在辖区 2查无此人 3已离开 4重复 9其他").coarse(Mask::Redact)),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }

    #[rustfmt::skip]
    fn derived() -> Vec<Derived> {
        use rows::*;
        vec![
            field("forwardedTo", String, G09, C1, Mask::organization_kind(Column::ForwardedToKind), Gateway).label("受理机构", "forwarded to").standard("health centre that serves communityCode").coarse(Mask::Redact).from(Generalized { name: col(Column::ForwardedToName), kind: col(Column::ForwardedToKind) }),
        ]
    }
}
