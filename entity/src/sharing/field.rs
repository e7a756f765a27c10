//! A shared field: what a caller may be granted.

use sea_orm::IdenStatic;

use super::{Class, CodeList, Department, Derivation, Group, Mask, Type};

/// A shared field: what a caller may be granted.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// The GraphQL name.
    pub name: &'static str,
    /// The type of its value.
    pub ty: Type,
    /// The group that grants speak of.
    pub group: Group,
    /// How sensitive it is.
    pub class: Class,
    /// What is left at `masked`.
    pub mask: Mask,
    /// What is left at `masked` where the permit names nobody: coarser, so that the values of a
    /// person together are those of others, too. Of a yes/no value, whether it comes with `masked`.
    pub coarse: Option<Mask>,
    /// Whether it tells of the row's own history: who collected it, by which system, and when.
    pub is_provenance: bool,
    /// The mask style as the data dictionary writes it.
    pub mask_style: &'static str,
    /// The department that answers for it.
    pub owner: Department,
    /// The source of truth as the data dictionary writes it.
    pub steward: &'static str,
    /// Chinese label.
    pub label_zh: &'static str,
    /// English label.
    pub label_en: &'static str,
    /// The standard, law or code list.
    pub standard: &'static str,
    /// What a code can be, where that is known.
    pub codes: Option<&'static CodeList>,
    /// A column that says which department collected this very value, when not the row's.
    pub collector: Option<&'static str>,
    /// A column naming a further person whose data the value holds.
    pub names_person: Option<&'static str>,
    /// Whether the value may tell of somebody who is no person here: then that column is null, and the
    /// value is shown as any other.
    pub names_strangers: bool,
    /// Whether a person can be told by the value: a name, a number given to one person or record, a
    /// birth date, a telephone number, an address. Who asks by it asks about somebody in particular.
    pub identifies: bool,
    /// Roles that alone may ever see it, by code (overrides of the dictionary).
    pub only_roles: Option<&'static [&'static str]>,
    /// Whether the person whose row it is sees what is generalized to everybody else.
    pub is_whole_to_the_person: bool,
}

/// Starts the description of a field.
pub const fn field(
    name: &'static str,
    ty: Type,
    group: Group,
    class: Class,
    mask: Mask,
    owner: Department,
) -> FieldSpec {
    FieldSpec {
        name,
        ty,
        group,
        class,
        mask,
        coarse: None,
        is_provenance: false,
        mask_style: mask.style(),
        owner,
        steward: owner.steward(),
        label_zh: "",
        label_en: "",
        standard: "",
        codes: None,
        collector: None,
        names_person: None,
        names_strangers: false,
        identifies: false,
        only_roles: None,
        is_whole_to_the_person: false,
    }
}

impl FieldSpec {
    /// Sets the labels.
    pub const fn label(mut self, zh: &'static str, en: &'static str) -> Self {
        self.label_zh = zh;
        self.label_en = en;
        self
    }

    /// The mask style in the data dictionary's own word, where that is not the mask's.
    pub const fn style(mut self, mask_style: &'static str) -> Self {
        self.mask_style = mask_style;
        self
    }

    /// The source of truth in the data dictionary's own word, where that is not the owner.
    pub const fn steward(mut self, steward: &'static str) -> Self {
        self.steward = steward;
        self
    }

    /// What a code can be.
    pub const fn codes(mut self, codes: &'static CodeList) -> Self {
        self.codes = Some(codes);
        self
    }

    /// Names the standard, law or code list.
    pub const fn standard(mut self, standard: &'static str) -> Self {
        self.standard = standard;
        self
    }

    /// Coarser at `masked` where the permit names nobody.
    pub const fn coarse(mut self, mask: Mask) -> Self {
        self.coarse = Some(mask);
        self
    }

    /// Of the row's own history: its instants are shown as coarsely as the dates of the kind.
    pub const fn provenance(mut self) -> Self {
        self.is_provenance = true;
        self
    }

    /// The value has a collector of its own, in this column.
    pub fn collector(mut self, column: impl IdenStatic) -> Self {
        self.collector = Some(column.as_str());
        self
    }

    /// The value also tells of the person this column names.
    pub fn names_person(mut self, column: impl IdenStatic) -> Self {
        self.names_person = Some(column.as_str());
        self
    }

    /// The value also tells of the person this column names, or of somebody who is no person here.
    pub fn names_anybody(self, column: impl IdenStatic) -> Self {
        Self { names_strangers: true, ..self.names_person(column) }
    }

    /// A person can be told by the value.
    pub const fn identifies(mut self) -> Self {
        self.identifies = true;
        self
    }

    /// Only these roles may ever see it.
    pub const fn only_roles(mut self, roles: &'static [&'static str]) -> Self {
        self.only_roles = Some(roles);
        self
    }

    /// The person whose row it is sees what is generalized to everybody else.
    pub const fn whole_to_the_person(mut self) -> Self {
        self.is_whole_to_the_person = true;
        self
    }

    /// The value comes about in another way than being a column.
    pub fn from(self, from: impl Into<Derivation>) -> Derived {
        Derived { field: self, from: from.into() }
    }

    /// Whether the value is a date or instant of the person's life, and not of the row's history.
    pub fn is_date(&self) -> bool {
        matches!(self.ty, Type::Date | Type::DateTime) && !self.is_provenance
    }

    /// Whether it is an instant of the row's history.
    pub fn is_instant_of_row(&self) -> bool {
        self.is_provenance && self.ty == Type::DateTime
    }

    /// What is left at `masked`, by whether the permit names persons.
    pub fn mask_for(&self, names_persons: bool) -> Mask {
        match self.coarse {
            Some(coarse) if !names_persons => coarse,
            _ => self.mask,
        }
    }

    /// The style of a mask on this field: in the words of the data dictionary where it is its own.
    pub fn style_of(&self, mask: Mask) -> &'static str {
        if mask == self.mask { self.mask_style } else { mask.style() }
    }

    /// Whether the value is a yes/no answer that the level `predicate` may show.
    pub fn is_predicate(&self) -> bool {
        self.ty == Type::Boolean && self.mask == Mask::Predicate
    }
}
/// A derived field of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Derived {
    /// The field.
    pub field: FieldSpec,
    /// How its value comes about.
    pub from: Derivation,
}
