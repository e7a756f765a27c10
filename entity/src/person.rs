//! 人员: person (FHIR Patient; GB/T 2261; WS 371-2012).

use sea_orm::entity::prelude::*;

use crate::{
    sharing::{
        Class, Department, Derivation, Derived, Group, Mask, Provenance, Sharing, Type, field,
        provenance,
    },
    structure,
};

/// One row: person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub residence_unit_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub id_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub id_number: Option<String>,
    pub id_number_valid: Option<bool>,
    #[sea_orm(column_type = "Text", nullable)]
    pub sex: Option<String>,
    pub birth_date: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub ethnicity: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub nationality: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone_collected_by: Option<String>,
    pub phone_updated_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub emergency_contact: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub marital_status: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub education: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub vital_status: Option<String>,
    pub legally_incapacitated: bool,
    #[sea_orm(column_type = "Text")]
    pub source_system: String,
    #[sea_orm(column_type = "Text")]
    pub collecting_department: String,
    pub collected_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// How the table relates to others.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::household_registration::Entity")]
    HouseholdRegistration,
    #[sea_orm(has_many = "super::residence_registration::Entity")]
    ResidenceRegistration,
    #[sea_orm(has_many = "super::residence_permit::Entity")]
    ResidencePermit,
    #[sea_orm(has_many = "super::household_member::Entity")]
    HouseholdMember,
    #[sea_orm(has_many = "super::employment::Entity")]
    Employment,
    #[sea_orm(has_many = "super::health_record::Entity")]
    HealthRecord,
    #[sea_orm(has_many = "super::immunization_card::Entity")]
    ImmunizationCard,
    #[sea_orm(has_many = "super::immunization_dose::Entity")]
    ImmunizationDose,
    #[sea_orm(has_many = "super::infectious_disease_report::Entity")]
    InfectiousDiseaseReport,
    #[sea_orm(has_many = "super::stigmatized_disease_report::Entity")]
    StigmatizedDiseaseReport,
    #[sea_orm(has_many = "super::maternal_care_record::Entity")]
    MaternalCareRecord,
    #[sea_orm(has_many = "super::severe_mental_disorder_record::Entity")]
    SevereMentalDisorderRecord,
    #[sea_orm(has_many = "super::assistance_case::Entity")]
    AssistanceCase,
    #[sea_orm(has_many = "super::consent::Entity")]
    Consent,
}

impl Related<super::household_registration::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::HouseholdRegistration.def()
    }
}

impl Related<super::residence_registration::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ResidenceRegistration.def()
    }
}

impl Related<super::residence_permit::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ResidencePermit.def()
    }
}

impl Related<super::household_member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::HouseholdMember.def()
    }
}

impl Related<super::employment::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Employment.def()
    }
}

impl Related<super::health_record::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::HealthRecord.def()
    }
}

impl Related<super::immunization_card::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ImmunizationCard.def()
    }
}

impl Related<super::immunization_dose::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ImmunizationDose.def()
    }
}

impl Related<super::infectious_disease_report::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::InfectiousDiseaseReport.def()
    }
}

impl Related<super::stigmatized_disease_report::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::StigmatizedDiseaseReport.def()
    }
}

impl Related<super::maternal_care_record::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::MaternalCareRecord.def()
    }
}

impl Related<super::severe_mental_disorder_record::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::SevereMentalDisorderRecord.def()
    }
}

impl Related<super::assistance_case::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::AssistanceCase.def()
    }
}

impl Related<super::consent::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Consent.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// How each column is shared.
pub fn sharing(column: &Column) -> Sharing {
    match column {
        Column::Id | Column::ResidenceUnitId => Sharing::Key,
        Column::Name => Sharing::Field(field("name", Type::String, Group::G02, Class::C2, Mask::Name, Department::Police).label("姓名", "name").identifies().dictionary("NAME1", "公安").standard("GB 11643 card item 姓名; A..50").coarse(Mask::Stars)),
        Column::IdType => Sharing::Field(field("idType", Type::Code, Group::G03, Class::C2, Mask::Plain, Department::Police).label("证件类型", "identity document type").dictionary("NONE", "公安").standard("WS 364.3 CV02.01.101: 01居民身份证 02居民户口簿 03护照 04军官证 05驾驶证 06港澳居民来往内地通行证 07台湾居民来往内地通行证 99其他")),
        Column::IdNumber => Sharing::Field(field("idNumber", Type::String, Group::G03, Class::C2, Mask::IdProvince, Department::Police).label("公民身份号码", "citizen identity number").identifies().dictionary("IDPROV", "公安").standard("GB 11643-1999: 6+8+3+1, check = ISO 7064 MOD 11-2")),
        Column::IdNumberValid => Sharing::Field(field("idNumberValid", Type::Boolean, Group::G03, Class::C1, Mask::Predicate, Department::Gateway).label("证号校验结果", "identity number passes its checks").dictionary("PRED", "gateway").standard("derived")),
        Column::Sex => Sharing::Field(field("sex", Type::Code, Group::G04, Class::C2, Mask::Plain, Department::Police).label("性别", "sex").dictionary("NONE", "公安").standard("GB/T 2261.1-2003: 0未知 1男 2女 9未说明")),
        Column::BirthDate => Sharing::Field(field("birthDate", Type::Date, Group::G04, Class::C2, Mask::Year, Department::Police).label("出生日期", "birth date").identifies().dictionary("YEAR/AGEBAND", "公安").coarse(Mask::AgeBand).standard("GB/T 7408; from 公民身份号码 digits 7-14")),
        Column::Ethnicity => Sharing::Field(field("ethnicity", Type::Code, Group::G05, Class::C3, Mask::HanOrOther, Department::Police).label("民族", "ethnicity").dictionary("HAN/OTHER", "公安").standard("GB/T 3304-1991 01..56,97,98. Health form (2009/2011) only needs 1汉族 2少数民族")),
        Column::Nationality => Sharing::Field(field("nationality", Type::Code, Group::G05, Class::C2, Mask::Plain, Department::Police).label("国籍", "nationality").dictionary("NONE", "公安").standard("GB/T 2659")),
        Column::Phone => Sharing::Field(field("phone", Type::String, Group::G06, Class::C2, Mask::Phone, Department::Gateway).label("联系电话", "phone").identifies().dictionary("PHONE32", "collector dept").coarse(Mask::Redact).standard("per-source: collectedBy is part of the value").collector("phone_collected_by")),
        Column::PhoneCollectedBy => Sharing::Internal("the department a telephone number came from decides who may read it"),
        Column::PhoneUpdatedAt => Sharing::Field(field("phoneUpdatedAt", Type::DateTime, Group::G06, Class::C2, Mask::Year, Department::Gateway).label("电话更新时间", "telephone number updated at").dictionary("YEAR", "collector dept").standard("the number has a collector of its own, and so an instant of its own: updatedAt does not tell of it").collector("phone_collected_by").provenance()),
        Column::EmergencyContact => Sharing::Field(field("emergencyContact", Type::Object(&structure::CONTACT), Group::G06, Class::C2, Mask::Redact, Department::Health).label("紧急联系人", "emergency contact").dictionary("REDACT", "卫生计生").standard("name+phone+relation GB/T 4761")),
        Column::MaritalStatus => Sharing::Field(field("maritalStatus", Type::Code, Group::G12, Class::C2, Mask::Redact, Department::Police).label("婚姻状况", "marital status").dictionary("REDACT", "公安(户籍)/民政(登记)").standard("GB/T 2261.2-2003: 10未婚 20已婚 21初婚 22再婚 23复婚 30丧偶 40离婚 90未说明")),
        Column::Education => Sharing::Field(field("education", Type::Code, Group::G12, Class::C2, Mask::Category, Department::Gateway).label("文化程度", "education").dictionary("CAT", "collector").standard("GB/T 4658-2006 (health form: 文盲/小学/初中/高中技校中专/大专及以上/不详)")),
        Column::VitalStatus => Sharing::Field(field("vitalStatus", Type::Code, Group::G04, Class::C2, Mask::Plain, Department::Police).label("存亡状态", "vital status").dictionary("NONE", "公安").standard("alive/deceased/unknown; deceased: PIPL 49 near-kin rights")),
        Column::LegallyIncapacitated => Sharing::Internal("read through underGuardianship"),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G01, Class::C1),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G01, Class::C1),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G01, Class::C1),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G01, Class::C1),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G01, Class::C1),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[
    Derived {
        field: field(
            "personRef",
            Type::Id,
            Group::G01,
            Class::C1,
            Mask::Pseudonym,
            Department::Police,
        )
        .label("人员引用(部门化名)", "reference to the person, a pseudonym per department")
        .dictionary("PSEUDO", "卫生计生+公安")
        .standard("HMAC-SM3(dept key, person key); different value per department"),
        from: Derivation::Pseudonym("id"),
    },
    Derived {
        field: field(
            "ageBand",
            Type::Code,
            Group::G04,
            Class::C1,
            Mask::Plain,
            Department::Gateway,
        )
        .label("年龄段", "age band")
        .dictionary("-", "derived")
        .standard("0-6,7-13,14-17,18-49,50-64,65+"),
        from: Derivation::AgeBand("birth_date"),
    },
    Derived {
        field: field(
            "underGuardianship",
            Type::Boolean,
            Group::G10,
            Class::C3,
            Mask::Predicate,
            Department::Gateway,
        )
        .label("监护关系", "under guardianship")
        .dictionary("PRED", "derived")
        .standard("age<14 or incapacity; flips whole record to C3 (PIPL 28, 31)"),
        from: Derivation::UnderGuardianship {
            birth_date: "birth_date",
            incapacitated: "legally_incapacitated",
        },
    },
    Derived {
        field: field(
            "hasPhone",
            Type::Boolean,
            Group::G06,
            Class::C2,
            Mask::Predicate,
            Department::Gateway,
        )
        .label("有无联系电话", "has a telephone number")
        .standard("derived")
        .collector("phone_collected_by"),
        from: Derivation::Present("phone"),
    },
];
