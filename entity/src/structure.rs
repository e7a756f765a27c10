//! Structured values inside fields: a visit, a delivery, a dose that is due.

use crate::sharing::{Structure, Type};

/// Whom to call in an emergency.
pub static CONTACT: Structure = Structure {
    name: "Contact",
    label_zh: "联系人",
    members: &[("name", Type::String), ("phone", Type::String), ("relation", Type::Code)],
};

/// Something that happened on a day.
pub static EVENT: Structure = Structure {
    name: "Event",
    label_zh: "事件",
    members: &[("code", Type::Code), ("name", Type::String), ("on", Type::Date)],
};

/// A contact with a health service.
pub static ENCOUNTER: Structure = Structure {
    name: "Encounter",
    label_zh: "卫生服务",
    members: &[("on", Type::Date), ("service", Type::Code)],
};

/// A suspected adverse event following immunization (AEFI).
pub static ADVERSE_EVENT: Structure = Structure {
    name: "AdverseEvent",
    label_zh: "疑似预防接种异常反应",
    members: &[("on", Type::Date), ("code", Type::Code)],
};

/// A reminder; its text names no vaccine and no disease.
pub static REMINDER: Structure = Structure {
    name: "Reminder",
    label_zh: "接种提醒",
    members: &[("sentOn", Type::Date), ("channel", Type::Code)],
};

/// A dose that is due and was not given.
pub static DUE_DOSE: Structure = Structure {
    name: "DueDose",
    label_zh: "应种未种剂次",
    members: &[
        ("series", Type::Code),
        ("vaccineCode", Type::Code),
        ("doseNumber", Type::Int),
        ("dueOn", Type::Date),
        ("lateOn", Type::Date),
    ],
};

/// A home or clinic visit.
pub static VISIT: Structure = Structure {
    name: "Visit",
    label_zh: "访视",
    members: &[
        ("visitedOn", Type::Date),
        ("org", Type::String),
        ("kind", Type::Code),
        ("finding", Type::Code),
    ],
};

/// A delivery (WS 364.3 CV02.01.102, CV02.10.003).
pub static DELIVERY: Structure = Structure {
    name: "Delivery",
    label_zh: "分娩",
    members: &[
        ("deliveredOn", Type::Date),
        ("placeKind", Type::Code),
        ("mode", Type::Code),
        ("liveBirths", Type::Int),
        ("dischargedOn", Type::Date),
    ],
};

/// Prevention of mother-to-child transmission of one infection.
pub static PMTCT: Structure = Structure {
    name: "MotherToChildPrevention",
    label_zh: "预防母婴传播",
    members: &[("testedOn", Type::Date), ("result", Type::Code), ("intervention", Type::Boolean)],
};

/// Consent to take part in the management of a severe mental disorder.
pub static MANAGEMENT_CONSENT: Structure = Structure {
    name: "ManagementConsent",
    label_zh: "参加管理治疗网络知情同意",
    members: &[("given", Type::Boolean), ("on", Type::Date)],
};

/// How often a behaviour was seen since the last follow-up.
pub static BEHAVIOUR_COUNT: Structure = Structure {
    name: "BehaviourCount",
    label_zh: "危险行为次数",
    members: &[("behaviour", Type::Code), ("count", Type::Int)],
};

/// A note of guidance.
pub static NOTE: Structure = Structure {
    name: "Note",
    label_zh: "指导记录",
    members: &[("on", Type::Date), ("text", Type::String)],
};

/// The family's authorization to check its economic situation (社会救助暂行办法 58).
pub static AUTHORIZATION: Structure = Structure {
    name: "Authorization",
    label_zh: "核对授权",
    members: &[("signedOn", Type::Date), ("signed", Type::Boolean)],
};

/// A value that was measured.
pub static OBSERVATION: Structure = Structure {
    name: "Observation",
    label_zh: "观测值",
    members: &[
        ("on", Type::Date),
        ("code", Type::Code),
        ("value", Type::String),
        ("unit", Type::String),
    ],
};

/// The result of a screening.
pub static RESULT: Structure = Structure {
    name: "Result",
    label_zh: "筛查结果",
    members: &[("on", Type::Date), ("code", Type::Code), ("result", Type::Code)],
};

/// Supplies that were handed out, to a person or from a machine.
pub static SUPPLY: Structure = Structure {
    name: "Supply",
    label_zh: "药具发放",
    members: &[("issuedOn", Type::Date), ("item", Type::Code), ("quantity", Type::Int)],
};

/// A procedure of family planning.
pub static PROCEDURE: Structure = Structure {
    name: "Procedure",
    label_zh: "手术",
    members: &[("on", Type::Date), ("code", Type::Code)],
};

/// The free examination before pregnancy.
pub static EXAM: Structure = Structure {
    name: "Exam",
    label_zh: "孕前优生健康检查",
    members: &[("examinedOn", Type::Date), ("partnerExamined", Type::Boolean)],
};

/// Something that was taught or explained on a day.
pub static GIVEN: Structure =
    Structure { name: "Guidance", label_zh: "指导", members: &[("givenOn", Type::Date)] };

/// A reward or benefit of a family.
pub static BENEFIT: Structure = Structure {
    name: "Benefit",
    label_zh: "奖励优待",
    members: &[("code", Type::Code), ("grantedOn", Type::Date)],
};

/// A certificate of marriage and childbearing (流动人口计划生育工作条例 7, repealed).
pub static CERT: Structure = Structure {
    name: "Cert",
    label_zh: "婚育证明",
    members: &[("number", Type::String), ("issuedOn", Type::Date)],
};

/// A free service that was asked for.
pub static SERVICE_REQUEST: Structure = Structure {
    name: "ServiceRequest",
    label_zh: "免费服务申请",
    members: &[("service", Type::Code), ("requestedOn", Type::Date), ("providedOn", Type::Date)],
};

/// A medicine that is taken.
pub static MEDICATION: Structure = Structure {
    name: "Medication",
    label_zh: "用药",
    members: &[("name", Type::String), ("dose", Type::String)],
};

/// How many gave an answer.
pub static ANSWER_COUNT: Structure = Structure {
    name: "AnswerCount",
    label_zh: "各题答案计数",
    members: &[("question", Type::Code), ("answer", Type::String), ("count", Type::Int)],
};

/// How many rows of a batch came to a result.
pub static DISPOSITION_COUNT: Structure = Structure {
    name: "DispositionCount",
    label_zh: "各结果行数",
    members: &[("matched", Type::Code), ("rows", Type::Int)],
};

/// A finding on the quality of a batch.
pub static ISSUE: Structure = Structure {
    name: "Issue",
    label_zh: "质量问题",
    members: &[("dimension", Type::Code), ("rule", Type::Code), ("rows", Type::Int)],
};

/// A round of supervision.
pub static REPORT: Structure = Structure {
    name: "Report",
    label_zh: "督导检查",
    members: &[("round", Type::Code), ("on", Type::Date), ("finding", Type::String)],
};

/// Days between which somebody was away: from the first, to before the second.
pub static ABSENCE: Structure = Structure {
    name: "Absence",
    label_zh: "离开时段",
    members: &[("from", Type::Date), ("until", Type::Date)],
};

/// A disease that somebody has or had: when it began, and whether it lasts (1 现患, 2 治愈, 3 不详).
pub static CONDITION: Structure = Structure {
    name: "Condition",
    label_zh: "疾病",
    members: &[("code", Type::Code), ("onset", Type::String), ("status", Type::Code)],
};

/// All structures, in the order of this file.
pub static ALL: [&Structure; 29] = [
    &CONTACT,
    &EVENT,
    &ENCOUNTER,
    &ADVERSE_EVENT,
    &REMINDER,
    &DUE_DOSE,
    &VISIT,
    &DELIVERY,
    &PMTCT,
    &MANAGEMENT_CONSENT,
    &BEHAVIOUR_COUNT,
    &NOTE,
    &AUTHORIZATION,
    &OBSERVATION,
    &RESULT,
    &SUPPLY,
    &PROCEDURE,
    &EXAM,
    &GIVEN,
    &BENEFIT,
    &CERT,
    &SERVICE_REQUEST,
    &MEDICATION,
    &ANSWER_COUNT,
    &DISPOSITION_COUNT,
    &ISSUE,
    &REPORT,
    &ABSENCE,
    &CONDITION,
];
