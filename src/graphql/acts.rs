//! Mutations as GraphQL has them: a field for each act, its arguments, its answer.

use async_graphql::Value as GraphqlValue;
use async_graphql_value::Value as Argument;

use serde_json::Value as Json;

use super::{
    events,
    input::{self, Variables, bad_input},
    me,
    plan::CompiledMutation,
    shape::{Shape, project},
    write,
};
use crate::{
    error::Result,
    policy::{Act, Permit},
    rules::{
        break_glass::{REASONS, VERDICTS},
        subject_request::KIND_CODES,
        text::visible,
    },
};

/// The field of an act.
pub struct Signature {
    /// What it does.
    pub act: Act,
    /// The name of the field.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Arguments: name, GraphQL type, description.
    pub arguments: &'static [(&'static str, &'static str, &'static str)],
}

#[rustfmt::skip]
static SIGNATURES: [Signature; 17] = [
    Signature {
        act: Act::GiveConsent,
        name: "giveConsent",
        description: "同意: consents that a department may have a group of fields for a purpose (PIPL 14, 29)",
        arguments: &[
            ("recipientDepartment", "Code!", "接收部门: the department"),
            ("purpose", "Code!", "用途: what for"),
            ("fieldGroup", "Code!", "字段组: which fields, G01 to G32"),
            ("expiresAt", "DateTime!", "到期时间: at most a year ahead"),
            ("personId", "ID", "a child under 14 in the caller's guardianship; the caller itself without"),
        ],
    },
    Signature {
        act: Act::WithdrawConsent,
        name: "withdrawConsent",
        description: "撤回同意: ends a consent from now on (PIPL 15)",
        arguments: &[("id", "ID!", "the consent")],
    },
    Signature {
        act: Act::OpenBreakGlass,
        name: "openBreakGlass",
        description: "紧急访问: opens the record of one patient for 60 minutes (PIPL 13(4)); the patient is told",
        arguments: &[
            ("personId", "ID", "the patient; or by idNumber"),
            ("idNumber", "String", "公民身份号码: the patient's identity number"),
            ("reasonCode", "BreakGlassReason!", "紧急情况: what sort of emergency"),
            ("reasonText", "String!", "what happened; for the reviewer alone"),
        ],
    },
    Signature {
        act: Act::CloseBreakGlass,
        name: "closeBreakGlass",
        description: "结束紧急访问: ends the access before its 60 minutes are over",
        arguments: &[("id", "ID!", "the emergency access")],
    },
    Signature {
        act: Act::ReviewBreakGlass,
        name: "reviewBreakGlass",
        description: "复核紧急访问: the verdict of a second person, due within 24 hours",
        arguments: &[
            ("id", "ID!", "the emergency access"),
            ("verdict", "BreakGlassVerdict!", "whether it was an emergency"),
            ("note", "String", "why"),
        ],
    },
    Signature {
        act: Act::CloseToGuardians,
        name: "closeToGuardians",
        description: "对监护人关闭: closes what guardians see of a minor in care, for the minor's safety (未成年人保护法 11); nothing tells them",
        arguments: &[
            ("personId", "ID!", "the minor: under 18, and on the organization's books"),
            ("fieldGroup", "Code", "字段组: which fields, G01 to G32; all of the minor without"),
            ("reason", "String!", "why; for those who review the records alone"),
            ("until", "DateTime!", "截止时间: at most a year ahead"),
        ],
    },
    Signature {
        act: Act::ReopenToGuardians,
        name: "reopenToGuardians",
        description: "恢复监护人查看: ends what the same organization closed, before its end",
        arguments: &[
            ("personId", "ID!", "the minor"),
            ("fieldGroup", "Code", "字段组: which fields; without, what was closed as a whole"),
        ],
    },
    Signature {
        act: Act::FileRequest,
        name: "fileSubjectRequest",
        description: "提出个人信息请求: asks to see, copy, correct, complete, delete or explain, or objects (PIPL 44–50); answered within 15 working days",
        arguments: &[
            ("kind", "SubjectRequestKind!", "请求类型: what is asked"),
            ("statement", "String!", "请求内容: what is meant, in the person's words"),
            ("concerns", "String", "a kind or a field that it concerns: Person, Person.name"),
            ("clientKey", "String!", "a name that the program gives the request: sent again under it, it is the same request"),
            ("personId", "ID", "a child under 14 in the caller's guardianship; the caller itself without"),
        ],
    },
    Signature {
        act: Act::WithdrawRequest,
        name: "withdrawSubjectRequest",
        description: "撤回个人信息请求: takes a request back that waits for its answer",
        arguments: &[("id", "ID!", "the request")],
    },
    Signature {
        act: Act::ForwardRequest,
        name: "forwardSubjectRequest",
        description: "转办个人信息请求: forwards a request to the department that the data came from",
        arguments: &[
            ("id", "ID!", "the request"),
            ("department", "Code!", "来源部门: the department"),
        ],
    },
    Signature {
        act: Act::AnswerRequest,
        name: "answerSubjectRequest",
        description: "答复个人信息请求: answers a request, and ends it",
        arguments: &[
            ("id", "ID!", "the request"),
            ("answer", "String!", "答复: what was done, and why"),
        ],
    },
    Signature {
        act: Act::RefuseRequest,
        name: "refuseSubjectRequest",
        description: "拒绝个人信息请求: refuses a request, and ends it (PIPL 50: with the reason)",
        arguments: &[
            ("id", "ID!", "the request"),
            ("reason", "String!", "理由: why, and by which law"),
        ],
    },
    Signature {
        act: Act::RequestAccess,
        name: "requestAccess",
        description: "申请共享: asks the owner's stewards to share a field that a refusal says can be requested; opens nothing by itself",
        arguments: &[
            ("field", "String!", "字段: Person.phone"),
            ("necessity", "String!", "必要性: why it is needed, in at least 20 characters"),
            ("clientKey", "String!", "a name that the program gives the request: sent again under it, it is the same request"),
        ],
    },
    Signature {
        act: Act::GiveNotice,
        name: "createResidenceNotice",
        description: "流入通报: tells the health centre that serves a community of somebody who moved there; answered the same whether or not the person is registered",
        arguments: &[
            ("clientKey", "String!", "幂等键: a text of your own, such as a UUID; sent again with it, nothing is done twice and the answer tells how the notice stands"),
            ("name", "String!", "姓名: the person's name"),
            ("idNumber", "String", "公民身份号码: of roles that write it"),
            ("phone", "String", "联系电话: where there is no idNumber"),
            ("communityCode", "Code!", "现居住社区: a community within the caller's unit"),
            ("address", "String", "现居住详址: where in it"),
            ("arrivalDate", "Date", "到达日期: the day the person came, as told; a referral by consent tells none"),
            ("expectedStay", "Code", "预期居住时间: as in ResidenceRegistration.expectedStay"),
        ],
    },
    Signature {
        act: Act::WithdrawNotice,
        name: "withdrawResidenceNotice",
        description: "撤回通报: takes back a notice of the same organization that nobody answered yet",
        arguments: &[("id", "ID!", "the notice")],
    },
    Signature {
        act: Act::AcceptNotice,
        name: "acceptResidenceNotice",
        description: "受理通报: the centre serves the person from now on; due within three working days",
        arguments: &[("id", "ID!", "the notice")],
    },
    Signature {
        act: Act::RefuseNotice,
        name: "refuseResidenceNotice",
        description: "退回通报: the centre does not serve the person, and says why; due within three working days",
        arguments: &[
            ("id", "ID!", "the notice"),
            ("reason", "Code!", "退回原因: 1 not in the area, 2 nobody there, 3 left already, 4 told before, 9 other"),
        ],
    },
];

/// An enumeration: its name, what it is, and its values with their labels.
pub type Enumeration =
    (&'static str, &'static str, &'static [(&'static str, &'static str, &'static str)]);

/// The enumerations that arguments take.
pub const ENUMERATIONS: [Enumeration; 3] = [
    ("BreakGlassReason", "紧急情况: why a record is opened", &REASONS),
    ("BreakGlassVerdict", "复核结论: what a review found", &VERDICTS),
    ("SubjectRequestKind", "请求类型: what a person asks about its data", &KIND_CODES),
];

const CONSENT: &Shape = &Shape {
    name: "ConsentReceipt",
    description: "同意回执: a consent as it stands now",
    members: &[
        ("id", "ID", None),
        ("recipientDepartment", "Code", None),
        ("purpose", "Code", None),
        ("fieldGroup", "Code", None),
        ("givenAt", "DateTime", None),
        ("expiresAt", "DateTime", None),
        ("withdrawnAt", "DateTime", None),
    ],
};

const CLOSING: &Shape = &Shape {
    name: "GuardianClosing",
    description: "对监护人关闭: what guardians do not see of a minor, and until when",
    members: &[
        ("personId", "ID", None),
        ("fieldGroup", "Code", None),
        ("closedAt", "DateTime", None),
        ("validUntil", "DateTime", None),
        ("reopenedAt", "DateTime", None),
    ],
};

const ACCESS_REQUEST: &Shape = &Shape {
    name: "AccessRequestReceipt",
    description: "授权申请回执: a request that a steward decides on",
    members: &[
        ("id", "ID", None),
        ("field", "String", None),
        ("purpose", "Code", None),
        ("reason", "Code", None),
        ("state", "Code", None),
        ("steward", "Code", None),
        ("stewardLabelZh", "String", None),
        ("requestedAt", "DateTime", None),
    ],
};

const NOTICE: &Shape = &Shape {
    name: "ResidenceNoticeReceipt",
    description: "通报回执: how a notice of arrival stands",
    members: &[
        ("id", "ID", None),
        ("status", "Code", None),
        ("statusLabelZh", "String", None),
        ("sentAt", "DateTime", None),
        ("forwardedTo", "String", None),
        ("answerBy", "Date", None),
        ("answeredOn", "Date", None),
        ("refusalReason", "Code", None),
        ("personId", "ID", None),
    ],
};

/// The name of an act's field.
pub fn name_of(act: Act) -> &'static str {
    SIGNATURES.iter().find(|signature| signature.act == act).map_or("", |known| known.name)
}

/// The Chinese name of an act, by the name of its field.
pub fn label_zh(name: &str) -> Option<&'static str> {
    let signature = SIGNATURES.iter().find(|signature| signature.name == name)?;
    signature.description.split(':').next()
}

/// The fields of an act's record.
pub fn recorded(name: &str) -> String {
    format!("Mutation.{name}:full")
}

/// The fields of the acts of a permit.
pub fn of(permit: &Permit) -> impl Iterator<Item = &'static Signature> {
    SIGNATURES.iter().filter(|signature| permit.acts.contains(&signature.act))
}

/// The field of this name among the acts of a permit.
pub fn named(permit: &Permit, name: &str) -> Option<&'static Signature> {
    of(permit).find(|signature| signature.name == name)
}

/// The type of an argument of any act.
pub fn argument_type(field: &str, argument: &str) -> Option<&'static str> {
    let signature = SIGNATURES.iter().find(|signature| signature.name == field)?;
    signature.arguments.iter().find(|(name, ..)| *name == argument).map(|(_, ty, _)| *ty)
}

/// The values of an enumeration.
pub fn enumeration(name: &str) -> Option<&'static [(&'static str, &'static str, &'static str)]> {
    ENUMERATIONS.iter().find(|(known, ..)| *known == name).map(|(.., values)| *values)
}

impl Signature {
    /// What an act answers under a permit.
    pub fn answer(&self, permit: &Permit) -> &'static Shape {
        match (self.act, permit.events) {
            (Act::CloseToGuardians | Act::ReopenToGuardians, _) => CLOSING,
            (
                Act::FileRequest
                | Act::WithdrawRequest
                | Act::ForwardRequest
                | Act::AnswerRequest
                | Act::RefuseRequest,
                _,
            ) => me::REQUEST,
            (Act::RequestAccess, _) => ACCESS_REQUEST,
            (Act::GiveNotice | Act::WithdrawNotice | Act::AcceptNotice | Act::RefuseNotice, _) => {
                NOTICE
            }
            (Act::GiveConsent | Act::WithdrawConsent, _) | (_, None) => CONSENT,
            (_, Some(view)) => events::shape(view),
        }
    }
}

/// Arguments of an act with their variables in place.
pub struct Given<'a> {
    arguments: &'a [(String, Argument)],
    variables: &'a Variables,
}

impl<'a> Given<'a> {
    /// As they stand in a document.
    pub fn new(arguments: &'a [(String, Argument)], variables: &'a Variables) -> Self {
        Self { arguments, variables }
    }

    /// An argument; null and absent are the same.
    pub fn value(&self, name: &str) -> Option<GraphqlValue> {
        let (_, argument) = self.arguments.iter().find(|(known, _)| known == name)?;
        input::resolve(argument, self.variables).filter(|value| *value != GraphqlValue::Null)
    }

    /// An argument that must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn required(&self, name: &str) -> Result<GraphqlValue> {
        self.value(name).ok_or_else(|| bad_input(format!("{name} is required")))
    }

    /// A text with something in it, if it is given.
    ///
    /// # Errors
    /// When nothing of it can be seen, or it is no text.
    pub fn text(&self, name: &str) -> Result<Option<String>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = input::text(&value)?.trim().to_owned();
        match visible(&text) == 0 {
            true => Err(bad_input(format!("{name} is blank: nothing of it can be seen"))),
            false => Ok(Some(text)),
        }
    }

    /// A value of an enumeration.
    ///
    /// # Errors
    /// When it is not one of its values.
    pub fn one_of(&self, name: &str, enumeration: &str) -> Result<&'static str> {
        let value = self.required(name)?;
        let code = match &value {
            GraphqlValue::Enum(code) => code.as_str(),
            GraphqlValue::String(code) => code.as_str(),
            _ => "",
        };
        let values = self::enumeration(enumeration).unwrap_or_default();
        let known = values.iter().find(|(known, ..)| *known == code);
        known
            .map(|(known, ..)| *known)
            .ok_or_else(|| bad_input(format!("{name} takes a value of {enumeration}")))
    }
}

/// The `data` of a mutation that was done.
pub fn answer(mutation: &CompiledMutation, told: &Json) -> Vec<u8> {
    let mut data = vec![b'{'];
    write::key(&mut data, &mutation.key);
    project(told, &mutation.members, &mut data);
    data.push(b'}');
    data
}
