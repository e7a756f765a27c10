//! 人员: person (FHIR Patient; GB/T 2261; WS 371-2012).

use sea_orm::entity::prelude::*;

use crate::{
    person_collected,
    sharing::{
        Class, Collected, Department, Derived, Group, KindSpec, Shared, Sharing, Subject, rows,
    },
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
    pub phone_collected_at: Option<DateTimeUtc>,
    pub phone_updated_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub emergency_contact: Option<String>,
    pub emergency_contact_person_id: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub emergency_contact_relation: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub marital_status: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub education: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub vital_status: Option<String>,
    pub legally_incapacitated: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub former_names: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub former_id_numbers: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub id_missing_reason: Option<String>,
    pub collectors_beside: i32,
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
            name: "Person",
            single: "person",
            plural: "persons",
            label_zh: "人员",
            label_en: "person",
            standard: "FHIR Patient; GB/T 2261; WS 371-2012",
            group: Group::G01,
            class: Class::C1,
            subject: Subject::person(Column::Id),
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
            Column::Id | Column::ResidenceUnitId | Column::EmergencyContactPersonId => Key,
            Column::Name => Field(field("name", String, G02, C2, Mask::Name, Police).label("姓名", "name").standard("GB 11643 card item 姓名; A..50").coarse(Mask::Stars).identifies()),
            Column::IdType => Field(field("idType", Code, G03, C2, Mask::Plain, Police).label("证件类型", "identity document type").codes(&ID_TYPE).standard("WS 364.3 CV02.01.101: 01居民身份证 02居民户口簿 03护照 04军官证 05驾驶证 06港澳居民来往内地通行证 07台湾居民来往内地通行证 99其他")),
            Column::IdNumber => Field(field("idNumber", String, G03, C2, Mask::IdProvince, Police).label("公民身份号码", "citizen identity number").standard("GB 11643-1999: 6+8+3+1, check = ISO 7064 MOD 11-2").identifies()),
            Column::Sex => Field(field("sex", Code, G04, C2, Mask::Plain, Police).label("性别", "sex").codes(&SEX).standard("GB/T 2261.1-2003: 0未知 1男 2女 9未说明")),
            Column::BirthDate => Field(field("birthDate", Date, G04, C2, Mask::Year, Police).label("出生日期", "birth date").style("YEAR/AGEBAND").standard("GB/T 7408; from 公民身份号码 digits 7-14").coarse(Mask::AgeBand).identifies()),
            Column::Ethnicity => Field(field("ethnicity", Code, G05, C3, Mask::HanOrOther, Police).label("民族", "ethnicity").codes(&ETHNICITY).standard("GB/T 3304-1991 01..56,97,98. Health form (2009/2011) only needs 1汉族 2少数民族")),
            Column::Nationality => Field(field("nationality", Code, G05, C2, Mask::Plain, Police).label("国籍", "nationality").codes(&NATIONALITY).standard("GB/T 2659")),
            Column::Phone => Field(field("phone", String, G06, C2, Mask::Phone, Gateway).label("联系电话", "phone").steward("collector dept").standard("per-source: collectedBy is part of the value").coarse(Mask::Redact).identifies().collector(Column::PhoneCollectedBy)),
            Column::PhoneCollectedBy => Field(field("phoneCollectedBy", Code, G06, C2, Mask::Plain, Gateway).label("电话采集部门", "department that collected the telephone number").steward("collector dept").codes(&DEPARTMENTS).standard("collectedBy is part of the value: each department keeps the number that it collected").collector(Column::PhoneCollectedBy).provenance().coarse(Mask::Redact)),
            Column::PhoneCollectedAt => Field(field("phoneCollectedAt", DateTime, G06, C2, Mask::Year, Gateway).label("电话采集时间", "telephone number collected at").steward("collector dept").standard("the newest number is shown; with scope o the department's own").collector(Column::PhoneCollectedBy).provenance()),
            Column::PhoneUpdatedAt => Field(field("phoneUpdatedAt", DateTime, G06, C2, Mask::Year, Gateway).label("电话更新时间", "telephone number updated at").steward("collector dept").standard("the number has a collector of its own, and so an instant of its own: updatedAt does not tell of it").collector(Column::PhoneCollectedBy).provenance()),
            Column::EmergencyContact => Field(field("emergencyContact", Object(&structure::CONTACT), G06, C2, Mask::Redact, Health).label("紧急联系人", "emergency contact").standard("name+phone+relation GB/T 4761; a contact who is a person here only where that person is in the caller's scope").names_anybody(Column::EmergencyContactPersonId)),
            Column::EmergencyContactRelation => Field(field("emergencyContactRelation", Code, G06, C2, Mask::Redact, Health).label("紧急联系人与本人关系", "what the emergency contact is to the person").codes(&RELATION).standard("GB/T 4761; names nobody")),
            Column::MaritalStatus => Field(field("maritalStatus", Code, G12, C2, Mask::Redact, Police).label("婚姻状况", "marital status").steward("公安(户籍)/民政(登记)").codes(&MARITAL_STATUS).standard("GB/T 2261.2-2003: 10未婚 20已婚 21初婚 22再婚 23复婚 30丧偶 40离婚 90未说明")),
            Column::Education => Field(field("education", Code, G12, C2, Mask::Category, Gateway).label("文化程度", "education").steward("collector").codes(&EDUCATION).standard("GB/T 4658-2006 (health form: 文盲/小学/初中/高中技校中专/大专及以上/不详)")),
            Column::VitalStatus => Field(field("vitalStatus", Code, G04, C2, Mask::Plain, Police).label("存亡状态", "vital status").codes(&VITAL_STATUS).standard("alive/deceased/unknown; deceased: PIPL 49 near-kin rights")),
            Column::LegallyIncapacitated => Internal("read through underGuardianship"),
            Column::FormerNames => Field(field("formerNames", Strings, G02, C2, Mask::Name, Police).label("曾用名", "former names").standard("each as `name`; matching needs it").coarse(Mask::Redact).identifies()),
            Column::FormerIdNumbers => Field(field("formerIdNumbers", Strings, G03, C2, Mask::IdProvince, Police).label("曾用证号", "former identity numbers").style("IDPROV").standard("each as `idNumber`; matching needs it").identifies()),
            Column::IdMissingReason => Field(field("idMissingReason", Code, G03, C2, Mask::Plain, Gateway).label("无证号原因", "why there is no number").steward("collector").codes(&ID_MISSING_REASON).standard("1新生儿未落户 2遗失 3外籍 4拒绝提供 9其他 (exchange Q-02; `standardized`)")),
            Column::CollectorsBeside => Internal("of which departments own values stand beside the row decides over scope o"),
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
            field("personRef", Id, G01, C1, Mask::Pseudonym, Police).label("人员引用(部门化名)", "reference to the person, a pseudonym per department").steward("卫生计生+公安").standard("HMAC-SM3(dept key, person key); different value per department").from(Pseudonym { of: Person, key: col(Column::Id) }),
            field("idNumberValid", Boolean, G03, C1, Mask::Predicate, Gateway).label("证号校验结果", "identity number passes its checks").standard("GB 11643-1999; null = no number").from(ValidIdNumber(col(Column::IdNumber))),
            field("ageBand", Code, G04, C1, Mask::Plain, Gateway).label("年龄段", "age band").steward("derived").style("-").codes(&AGE_BAND).standard("0-6,7-13,14-17,18-49,50-64,65+").from(AgeBand(col(Column::BirthDate))),
            field("underGuardianship", Boolean, G10, C3, Mask::Predicate, Gateway).label("监护关系", "under guardianship").steward("derived").standard("age<14 or incapacity; flips whole record to C3 (PIPL 28, 31)").from(UnderGuardianship { birth_date: col(Column::BirthDate), incapacitated: col(Column::LegallyIncapacitated) }),
            field("emergencyContactOnFile", Boolean, G06, C1, Mask::Predicate, Health).label("有无紧急联系人", "emergency contact on file").standard("derived; names nobody").from(Present(col(Column::EmergencyContact))),
            field("hasPhone", Boolean, G06, C1, Mask::Predicate, Gateway).label("有联系电话", "has a telephone number").steward("derived").standard("derived").collector(Column::PhoneCollectedBy).from(Present(col(Column::Phone))),
        ]
    }

    fn collected() -> Option<Collected> {
        Some(Collected::beside(person_collected::Column::PersonId, Department::Police))
    }
}
