//! Whom a notice is about: somebody who is registered, or whom the notice introduces. The answer to the
//! notice is the same either way, and nothing that others collected of the person is written over.

use chrono::{DateTime, Utc};
use entity::person::{ActiveModel, Column, Entity};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DatabaseTransaction,
    DerivePartialModel, QueryFilter as _, QuerySelect as _,
};

use crate::{
    acts::{ActContext, Actor, unavailable},
    db::{columns, next_key},
    error::Result,
    graphql::input::bad_input,
    policy::Role,
    rules::citizen_id::CitizenId,
};

/// The longest name and telephone number.
const LONGEST: usize = 64;

/// What is said of the person.
pub(super) struct Presented {
    pub name: String,
    pub id_number: Option<String>,
    pub phone: Option<String>,
}

/// What is read of somebody who may be meant.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "Entity")]
struct Candidate {
    id: i64,
}

impl Presented {
    /// Reads the arguments: a name, with the identity number where the role writes it, or a telephone
    /// number.
    ///
    /// # Errors
    /// When one is wrong.
    pub fn read(role: Role, context: &ActContext<'_>) -> Result<Self> {
        let given = &context.given;
        let name = given.text("name")?.ok_or_else(|| bad_input("name is required"))?;
        let phone = given.text("phone")?;
        let id_number = given.text("idNumber")?.map(|number| number.to_ascii_uppercase());
        for text in [Some(&name), phone.as_ref()].into_iter().flatten() {
            if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
                return Err(bad_input(format!("write at most {LONGEST} characters of plain text")));
            }
        }
        // Whose duty is identity documents (writes.csv).
        if id_number.is_some() && !matches!(role, Role::HF | Role::HC) {
            return Err(bad_input("this role presents name and phone, and no identity number"));
        }
        if id_number.as_deref().is_some_and(|number| CitizenId::parse(number).is_err()) {
            return Err(bad_input("idNumber is not a valid number (GB 11643)"));
        }
        if id_number.is_none() && phone.is_none() {
            return Err(bad_input("a person is presented by name with idNumber or phone"));
        }
        Ok(Self { name, id_number, phone })
    }

    /// The key of the one person who is meant, if one is registered.
    pub async fn find(&self, transaction: &DatabaseTransaction) -> Result<Option<i64>> {
        let found = columns::all::<Entity, Candidate>(transaction, |persons| {
            let named = persons.filter(Column::Name.eq(&self.name));
            let meant = match (&self.id_number, &self.phone) {
                (Some(number), _) => named.filter(Column::IdNumber.eq(number)),
                (None, phone) => named.filter(Column::Phone.eq(phone.as_deref())),
            };
            meant.limit(2)
        });
        let found = found.await.map_err(unavailable)?;
        // Of two nobody knows which: linkage decides, and not whoever asks.
        Ok(match found.as_slice() {
            [only] => Some(only.id),
            _ => None,
        })
    }

    /// Registers somebody who is not, as living in a unit.
    pub async fn introduce(
        &self,
        actor: &Actor,
        unit: i64,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<i64> {
        let id = next_key::<Entity>(transaction, Column::Id).await.map_err(unavailable)?;
        let department = actor.role.department().code().to_owned();
        // A number that is somebody else's by name stays with that person alone: two rows with one number
        // would keep an emergency from finding its patient.
        let known = columns::count::<Entity>(transaction, Column::Id, |persons| {
            persons.filter(Column::IdNumber.eq(self.id_number.as_deref()))
        });
        let is_new = self.id_number.is_some() && known.await.map_err(unavailable)? == 0;
        let id_number = self.id_number.clone().filter(|_| is_new);
        let number = id_number.as_deref().and_then(|number| CitizenId::parse(number).ok());
        let sex = number.as_ref().map(|number| if number.male { "1" } else { "2" }.to_owned());
        let of_phone = self.phone.is_some();
        let person = ActiveModel {
            id: Set(id),
            residence_unit_id: Set(unit),
            name: Set(Some(self.name.clone())),
            id_number: Set(id_number),
            birth_date: Set(number.as_ref().map(|number| number.birth)),
            sex: Set(sex),
            phone: Set(self.phone.clone()),
            phone_collected_by: Set(of_phone.then(|| department.clone())),
            phone_collected_at: Set(of_phone.then_some(now)),
            phone_updated_at: Set(of_phone.then_some(now)),
            legally_incapacitated: Set(false),
            collectors_beside: Set(0),
            source_system: Set("migrant-gateway".to_owned()),
            collecting_department: Set(department),
            collected_at: Set(now),
            recorded_at: Set(now),
            updated_at: Set(now),
            ..Default::default()
        };
        person.insert(transaction).await.map_err(unavailable)?;
        Ok(id)
    }
}
