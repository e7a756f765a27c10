//! R-10: once-only (避免流动人口信息的重复采集; A 三(四)): whether a value is held already.
//!
//! `alreadyHeld(person, field)` tells that it is, which department holds it and as of when; never the
//! value, and nothing of a field of class C4. Who collects it all the same gives a reason.

use crate::{
    calendar::Day,
    dictionary,
    facts::Facts,
    fault::{Code, Fault},
    rule::{Edition, Input, Outcome, Question, Rule},
};

const A_2015: Edition = Edition::new(
    "A-2015",
    Some("2015-01-01"),
    None,
    "吉卫联发〔2015〕7号 三(四); the text bears no date (choice)",
);

/// Fields that forms ask for, by kind, each of which may be asked about.
pub const FIELDS: [Input; 6] = [
    Input {
        kind: "Person",
        fields: &[
            "name",
            "idType",
            "idNumber",
            "sex",
            "birthDate",
            "ethnicity",
            "nationality",
            "phone",
            "emergencyContact",
            "maritalStatus",
            "education",
            "collectedAt",
            "collectedBy",
        ],
    },
    Input {
        kind: "HouseholdRegistration",
        fields: &["hukouRegionCode", "hukouAddress", "hukouType", "collectedAt", "collectedBy"],
    },
    Input {
        kind: "ResidenceRegistration",
        fields: &[
            "residenceRegionCode",
            "residenceAddress",
            "arrivalDate",
            "departureDate",
            "expectedStay",
            "moveReason",
            "dwellingType",
            "collectedAt",
            "collectedBy",
        ],
    },
    Input {
        kind: "Employment",
        fields: &[
            "employmentStatus",
            "occupation",
            "industry",
            "employerName",
            "employerCode",
            "collectedAt",
            "collectedBy",
        ],
    },
    Input {
        kind: "HealthRecord",
        fields: &[
            "recordNumber",
            "establishedOn",
            "bloodType",
            "allergies",
            "paymentMethod",
            "collectedAt",
            "collectedBy",
        ],
    },
    Input {
        kind: "ImmunizationCard",
        fields: &["cardNumber", "cardCreatedOn", "collectedAt", "collectedBy"],
    },
];

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-10",
    aliases: &["alreadyHeld"],
    title_zh: "一数一源,不重复采集",
    title_en: "once only",
    text: "Whether a value of `field` is held on the day: yes with the department that holds it and \
           the day it was collected, never the value. Nothing is told of fields of class C4. Name the \
           field alone or with its kind: `phone`, `Person.phone`.",
    boundaries: "Collected 2015-05-01: held from that day on.",
    source: "吉卫联发〔2015〕7号 三(四); exchange §7 R-10",
    editions: &[A_2015],
    dated_by_case: false,
    eligibility: false,
    inputs: &[
        FIELDS[0],
        FIELDS[1],
        FIELDS[2],
        FIELDS[3],
        FIELDS[4],
        FIELDS[5],
        Input { kind: "Question", fields: &["field"] },
    ],
    example_on: "2015-07-31",
    example: r#"{"case":"1","field":"phone","person":{"phone":"13800000000","collectedBy":"卫生计生","collectedAt":"2015-05-01T10:00:00+08:00"}}"#,
    evaluate,
};

/// Whether something may be told of a field: never where it, or an item of it, is of class C4.
pub fn may_tell(kind: &str, field: &str) -> bool {
    dictionary::field(kind, field).is_some_and(|field| !field.class.contains("C4"))
}

/// The value that is held: by whom, since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The department.
    pub holder: String,
    /// The day it was collected, where that is known.
    pub as_of: Option<Day>,
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let asked = facts.one("Question")?;
    let asked_for = asked.text("field")?.ok_or_else(|| {
        asked.fault(Code::MissingField, "field", "says which field is asked about")
    })?;
    let (kind, field) = match asked_for.split_once('.') {
        Some((kind, field)) => (dictionary::kind(kind), field),
        None => {
            let of = RULE.inputs.iter().find(|input| input.fields.contains(&&*asked_for));
            let kind = of.map(|input| input.kind);
            (kind.or_else(|| dictionary::kinds_with(&asked_for).first().copied()), &*asked_for)
        }
    };
    let kind = kind.filter(|kind| dictionary::has(kind, field));
    let Some(kind) = kind else {
        let fault = asked.fault(Code::UnknownField, "field", "names no field of the dictionary");
        return Err(fault);
    };
    if !may_tell(kind, field) {
        let zh = "该字段属特别保护(C4),不告知是否已有";
        let outcome = Outcome::new((), "NOT_TOLD", zh, "of a field of class C4 nothing is told");
        return Ok(outcome.of(&A_2015).with("held", ()));
    }
    if !RULE.reads(kind, field) {
        let fields: Vec<String> = FIELDS.iter().map(|input| input.fields.join(", ")).collect();
        let what = format!("is one that forms ask for: {}", fields.join(", "));
        return Err(asked.fault(Code::InvalidValue, "field", &what));
    }
    let mut holding: Option<Holding> = None;
    for row in facts.rows(kind) {
        let as_of = row.moment("collectedAt")?.map(|moment| moment.day());
        if row.has(field)? && as_of.is_none_or(|day| day <= on) {
            let owner = dictionary::field(kind, field).map(|field| field.owner.clone());
            let holder = row.text("collectedBy")?.or(owner).unwrap_or_default();
            let newer = holding.as_ref().is_none_or(|held| held.as_of <= as_of);
            if newer {
                holding = Some(Holding { holder, as_of });
            }
        }
    }
    let outcome = match &holding {
        Some(held) => Outcome::new(
            true,
            "HELD",
            format!("已由{}采集,再次采集须说明理由", held.holder),
            format!("held by {}; collecting it again wants a reason", held.holder),
        ),
        None => Outcome::new(false, "NOT_HELD", "尚未采集", "not held"),
    };
    Ok(outcome
        .of(&A_2015)
        .with("held", holding.is_some())
        .with("holder", holding.as_ref().map(|held| held.holder.clone()))
        .with_day("asOf", holding.and_then(|held| held.as_of)))
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer, result};

    #[test]
    fn r_10_tells_holder_and_day_and_never_the_value() {
        let case = r#"{"field":"phone","person":{"phone":"13812345678","collectedBy":"公安",
            "collectedAt":"2015-05-01T10:00:00+08:00"}}"#;
        let answer = answer("R-10", "2015-05-01", case);
        assert_eq!((&answer["result"], &answer["holder"]), (&true.into(), &"公安".into()));
        assert_eq!(answer["asOf"], "2015-05-01");
        assert!(!answer.to_string().contains("13812345678"));
        assert_eq!(result("R-10", "2015-04-30", case).1, "NOT_HELD");
    }

    #[test]
    fn r_10_tells_nothing_of_a_field_of_class_c4() {
        for field in
            ["lmpDate", "StigmatizedDiseaseReport.diagnosisTime", "pastDiseases", "dangerLevel"]
        {
            let case = format!(r#"{{"field":"{field}"}}"#);
            assert_eq!(
                result("R-10", "2015-05-01", &case),
                (().into(), "NOT_TOLD".to_owned()),
                "{field}"
            );
        }
    }
}
