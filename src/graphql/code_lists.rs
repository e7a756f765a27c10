//! `codeLists`, `codeList`, and labels beside codes. Lists tell of nobody, so everybody may read them; a label
//! tells what its code tells, so it is granted, scoped, masked and recorded as its code is.

use serde_json::{Value as Json, json};

use super::{
    context::Context,
    input::bad_input,
    plan::{Label, Render},
    shape::Shape,
    write,
};
use crate::{
    catalogue::{
        Field, Kind, catalogue,
        code_lists::{self as lists, CodeEntry, CodeList, labelled},
    },
    directory::Directory,
    error::Result,
    policy::{Permit, Position},
    read::Rows,
};

/// `CodeListEntry`.
pub const ENTRY: &Shape = &Shape {
    name: "CodeListEntry",
    description: "代码: a code of a list, for as long as it means this",
    members: &[
        ("code", "Code", None),
        ("labelZh", "String", None),
        ("labelEn", "String", None),
        ("validFrom", "Date", None),
        ("validUntil", "Date", None),
    ],
};

/// `CodeList`.
pub const LIST: &Shape = &Shape {
    name: "CodeList",
    description: "代码表: what fields of type `Code` can hold",
    members: &[
        ("name", "String", None),
        ("titleZh", "String", None),
        ("titleEn", "String", None),
        ("standard", "String", None),
        ("source", "String", None),
        ("form", "String", None),
        ("codes", "CodeListEntry", Some(ENTRY)),
    ],
};

/// A list and what it has.
pub fn describe(list: &'static CodeList, registers: &Directory) -> Json {
    let about = list.about();
    let told =
        |text: fn(&entity::sharing::About) -> &str| about.map(text).filter(|text| !text.is_empty());
    json!({
        "name": list.name,
        "titleZh": told(|about| &about.title_zh),
        "titleEn": told(|about| &about.title_en),
        "standard": told(|about| &about.standard),
        "source": told(|about| &about.source),
        "form": list.form(),
        "codes": codes(list, registers),
    })
}

/// All lists.
pub fn describe_all(registers: &Directory) -> Json {
    catalogue().code_lists().into_iter().map(|list| describe(list, registers)).collect()
}

/// The codes of a list.
pub fn codes(list: &'static CodeList, registers: &Directory) -> Json {
    let entry = |entry: CodeEntry| {
        json!({
            "code": entry.code,
            "labelZh": entry.label_zh,
            "labelEn": Some(entry.label_en).filter(|label| !label.is_empty()),
            "validFrom": entry.valid_from,
            "validUntil": entry.valid_until,
        })
    };
    lists::entries(list, registers).into_iter().map(entry).collect()
}

/// A list by its name.
///
/// # Errors
/// When there is none.
pub fn named(name: &str) -> Result<&'static CodeList> {
    catalogue().code_list(name).ok_or_else(|| {
        let names: Vec<&str> = catalogue().code_lists().iter().map(|list| list.name).collect();
        bad_input("there is no code list of this name; codeLists names all")
            .with("codeLists", names)
    })
}

/// The list of what a permit shows of a field; none where it shows no codes. What is only drawn shows every
/// list that some permit may.
pub fn shown_to(permit: &Permit, field: &Field) -> Option<&'static CodeList> {
    match permit.is_drawn {
        true => lists::of_field(field).next(),
        false => lists::shown(field, permit.field(field.id).mask),
    }
}

/// The field whose label a selection on a kind names, where the permit shows its codes.
pub fn selected(permit: &Permit, kind: &Kind, name: &str) -> Option<(&'static Field, Label)> {
    let (field, language) = catalogue().labelled(kind.id, name)?;
    let list = shown_to(permit, field).filter(|_| permit.may(field, Position::Select))?;
    Some((field, Label { list, language }))
}

/// The dimension whose label a selection on counts names, where the permit counts by it.
pub fn counted(permit: &Permit, kind: &Kind, name: &str) -> Option<(&'static Field, Label)> {
    let (field, language) = catalogue().labelled(kind.id, name)?;
    let list = field.codes.filter(|_| permit.may(field, Position::Group))?;
    Some((field, Label { list, language }))
}

/// The member of a structured value whose label a selection names. Where the field that holds the value has no
/// codes there, no member: its label is null.
pub fn member<'n>(field: &Field, name: &'n str) -> Option<(&'n str, Option<Label>)> {
    let (of, language) = labelled(name)?;
    let members = field.spec.ty.structure()?.members;
    members.iter().find(|(member, _)| *member == of)?;
    let list = lists::of_members(field).find(|(member, _)| *member == of);
    Some(list.map_or(("", None), |(_, list)| (of, Some(Label { list, language }))))
}

impl Label {
    /// The label of a code in a structured value. Their lists are none of registers and have no days.
    pub fn of_member(self, code: &str) -> Option<&'static str> {
        let entry = self.list.entries().iter().rev().find(|entry| entry.code == code);
        entry.map(|entry| entry.label(self.language))
    }

    /// Writes the label of what a rendering shows of a row: of a list, that of each code.
    pub fn write(
        self,
        out: &mut Vec<u8>,
        of: &Render,
        rows: &Rows,
        row: usize,
        context: &Context<'_>,
    ) {
        let mut code = Vec::new();
        write::value(&mut code, of, rows, row, context);
        // What the rendering wrote is JSON; anything else has no label.
        let label = |code: &Json| {
            let code = code.as_str()?;
            lists::label(self.list, code, self.language, context.today, context.registers)
        };
        match serde_json::from_slice(&code).unwrap_or(Json::Null) {
            Json::Array(codes) => write::list(out, codes.iter(), |out, code| {
                write::optional(out, label(code), write::text);
            }),
            code => write::optional(out, label(&code), write::text),
        }
    }
}
