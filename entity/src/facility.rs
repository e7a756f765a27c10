//! 服务设施(发放点/发放机/宣教点): facility (seed B 二(二), 二(六)).

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Group, KindSpec, Shared, Sharing, Subject, rows};

/// One row: facility.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "facility")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub unit_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub kind: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub venue_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub address: Option<String>,
    pub opened_on: Option<Date>,
    pub closed_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub dispensed: Option<String>,
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
            name: "Facility",
            single: "facility",
            plural: "facilities",
            label_zh: "服务设施(发放点/发放机/宣教点)",
            label_en: "facility",
            standard: "seed B 二(二), 二(六)",
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
            Column::UnitCode => Field(field("unit", Code, G23, C0, Mask::Plain, Health).label("所在管理单元", "unit").codes(&ADMIN_UNIT).standard("no subject; scope j")),
            Column::Kind => Field(field("kind", Code, G23, C0, Mask::Plain, Health).label("设施类型", "kind of facility").codes(&FACILITY_KIND).standard("1免费避孕药具发放点 2免费避孕药具发放机 3健康教育宣传栏 4资料发放点")),
            Column::VenueType => Field(field("venueType", Code, G23, C0, Mask::Plain, Health).label("场所", "venue").codes(&VENUE_TYPE).standard("list of HealthEducationEvent.venueType")),
            Column::Address => Field(field("address", String, G23, C0, Mask::Plain, Health).label("地址", "address").standard("a public place")),
            Column::OpenedOn => Field(field("openedOn", Date, G23, C0, Mask::Plain, Health).label("启用日期", "opened on")),
            Column::ClosedOn => Field(field("closedOn", Date, G23, C0, Mask::Plain, Health).label("停用日期", "closed on").standard("null = in use")),
            Column::Dispensed => Field(field("dispensed", Objects(&structure::SUPPLY), G18, C1, Mask::AggregateOnly, Health).label("匿名发放量", "supplies dispensed without a name").steward("计生").standard("(day, item, count), flow F8; no person, ever")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }
}
