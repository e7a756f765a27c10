//! A permit as a GraphQL schema: what is not granted has no field, no filter and no order.
//!
//! The schema validates, introspects and prints; plans execute. Its resolvers are never reached.

mod definition;
mod described;
mod inputs;
mod literals;
mod me;
mod mutation;
mod objects;
mod validate;
mod worklist;

use async_graphql::{
    Request, Response,
    dynamic::{Enum, EnumItem, Scalar, Schema, SchemaError},
};
use futures_util::FutureExt as _;

pub use definition::QUERY;
pub use described::Described;
pub use literals::Literals;
pub use validate::{findings, introspect, request, validate};

use super::limits;
use crate::{
    error::{Code, GatewayError, Result},
    policy::Permit,
};

/// What the schema says of itself.
const DESCRIPTION: &str = "流动人口数据共享: data of the migrant population, as one role may ask for it \
    for one purpose. What is not here is not shared with it; `entitlement` says why, and whom to ask.";

/// Builds the schema of a permit.
///
/// # Errors
/// When the types do not fit together, which a test of every permit rules out.
pub fn build(permit: &Permit, depth: usize) -> Result<Schema, SchemaError> {
    let mutation = mutation::root(permit);
    let mut builder = Schema::build("Query", mutation.as_ref().map(|_| mutation::NAME), None)
        .disable_suggestions()
        .limit_recursive_depth(depth.max(limits::INTROSPECTION_DEPTH) + 4)
        .extension(validate::StopAfterValidation)
        .extension(Described(DESCRIPTION))
        .extension(Literals);
    for (name, description, specification) in SCALARS {
        let mut scalar = Scalar::new(*name).description(*description);
        if let Some(specification) = specification {
            scalar = scalar.specified_by_url(*specification);
        }
        builder = builder.register(scalar);
    }
    builder = builder.register(
        Enum::new("Direction")
            .description("排序方向: the direction of an order")
            .item(EnumItem::new("ASC").description("smallest first, absent values last"))
            .item(EnumItem::new("DESC").description("greatest first, absent values first")),
    );
    for input in inputs::filters() {
        builder = builder.register(input);
    }
    builder = builder.register(objects::node());
    for object in objects::objects(permit) {
        builder = builder.register(object);
    }
    for input in inputs::of_kinds(permit) {
        builder = builder.register(input);
    }
    for dimension in inputs::dimensions(permit) {
        builder = builder.register(dimension);
    }
    for enumeration in worklist::enumerations(permit) {
        builder = builder.register(enumeration);
    }
    if let Some(order) = worklist::inputs(permit) {
        builder = builder.register(order);
    }
    if let Some(mutation) = mutation {
        builder = builder.register(mutation);
    }
    for enumeration in mutation::enumerations(permit) {
        builder = builder.register(enumeration);
    }
    builder.finish()
}

/// The schema definition: what introspection says, as text.
///
/// # Errors
/// When it cannot be printed, which a test of every permit rules out.
pub fn sdl(schema: &Schema) -> Result<String> {
    let asked = Request::new(definition::QUERY).data(validate::Introspection);
    print(schema.execute(asked))
}

/// The definition that the answer to [`QUERY`] tells. Nothing in it waits for anything.
///
/// # Errors
/// When the answer is not whole.
pub fn print(answer: impl Future<Output = Response>) -> Result<String> {
    let broken = || GatewayError::new(Code::Internal, "the schema cannot be printed");
    let answer = answer.now_or_never().filter(Response::is_ok).ok_or_else(broken)?;
    let told = answer.data.into_json().and_then(serde_json::from_value);
    told.map(|told| definition::print(&told)).map_err(|_| broken())
}

type ScalarDescription = (&'static str, &'static str, Option<&'static str>);

const SCALARS: &[ScalarDescription] = &[
    ("Code", "代码: a value of the code list that the field names", None),
    (
        "Date",
        "日期: a day in Asia/Shanghai, YYYY-MM-DD",
        Some("https://scalars.graphql.org/andimarek/local-date"),
    ),
    (
        "DateTime",
        "时间: an instant (RFC 3339)",
        Some("https://scalars.graphql.org/andimarek/date-time"),
    ),
    (
        "PartialDate",
        "日期(部分): as much of a day as is shown: YYYY-MM-DD, YYYY-MM, YYYY-Qn or YYYY",
        None,
    ),
    ("Money", "金额: yuan with two decimals, as text", None),
    ("Rate", "比率: a share of one with four decimals, as text", None),
    ("Year", "年: what a mask leaves of a date, YYYY", None),
    ("YearQuarter", "季度: what a mask leaves of a date or instant, YYYY-Qn", None),
    ("YearMonth", "年月: what a mask leaves of a date or instant, YYYY-MM", None),
];
