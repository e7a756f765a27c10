//! 健康教育: health education event (健康促进法 67; seed B 二(二)).

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Group, KindSpec, Shared, Sharing, Subject, rows};

/// One row: health education event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "health_education_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub unit_code: Option<String>,
    pub held_on: Date,
    #[sea_orm(column_type = "Text", nullable)]
    pub venue_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub channel: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub topic: Option<String>,
    pub attendee_count: Option<i32>,
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
            name: "HealthEducationEvent",
            single: "healthEducationEvent",
            plural: "healthEducationEvents",
            label_zh: "健康教育",
            label_en: "health education event",
            standard: "健康促进法 67; seed B 二(二)",
            group: Group::G23,
            class: Class::C0,
            subject: Subject::unit(Column::UnitId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::UnitId => Key,
            Column::UnitCode => Field(field("unit", Code, G23, C0, Mask::Plain, Health).label("所在管理单元", "unit").steward("社区").codes(&ADMIN_UNIT).standard("no subject; scope j")),
            Column::HeldOn => Field(field("heldOn", Date, G23, C0, Mask::Plain, Health).label("日期", "held on").steward("社区").standard("T9 counts the events of the year")),
            Column::VenueType => Field(field("venueType", Code, G23, C0, Mask::Plain, Health).label("场所", "venue").steward("社区").codes(&VENUE_TYPE).standard("1社区 2企业 3集贸市场 4厂矿 5单位 6学校")),
            Column::Channel => Field(field("channel", Code, G23, C0, Mask::Plain, Health).label("形式", "channel").steward("社区").codes(&EDUCATION_CHANNEL).standard("1宣传栏 2资料发放点 3讲座 4宣传活动 5义诊")),
            Column::Topic => Field(field("topic", Code, G23, C0, Mask::Plain, Health).label("主题", "topic").steward("社区").codes(&EDUCATION_TOPIC).standard("1围产期保健 2优生优育 3预防接种 4传染病防治 5政策")),
            Column::AttendeeCount => Field(field("attendeeCount", Int, G23, C0, Mask::Plain, Health).label("参加人数", "number of attendees").steward("社区")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }
}
