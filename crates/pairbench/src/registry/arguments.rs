//! Rust functions that take the arguments of a recorded call.

use super::calls::Given;
use serde::de::DeserializeOwned;

/// A type of function argument: a reference to a value that is read from a call, or a number by value.
///
/// These are `&T` and `&[T]` of any type that serde can read, `&str`, numbers, `bool`, `char`, and options of the last
/// three. A function that takes something else needs a conversion: in a closure, within the timed part, or in
/// [`rust_prepared`](super::PairBuilder::rust_prepared), outside it.
pub trait Argument: Copy + 'static {
    /// The type that is read from the call.
    type Owned: DeserializeOwned + 'static;

    /// Makes the argument from the value that was read.
    fn of(owned: &'static Self::Owned) -> Self;
}

impl<T: DeserializeOwned + 'static> Argument for &'static T {
    type Owned = T;

    fn of(owned: &'static T) -> Self {
        owned
    }
}

impl<T: DeserializeOwned + 'static> Argument for &'static [T] {
    type Owned = Vec<T>;

    fn of(owned: &'static Vec<T>) -> Self {
        owned
    }
}

impl Argument for &'static str {
    type Owned = String;

    fn of(owned: &'static String) -> Self {
        owned
    }
}

macro_rules! by_value {
    ($($number:ty)+) => {$(
        impl Argument for $number {
            type Owned = $number;

            fn of(owned: &'static $number) -> Self {
                *owned
            }
        }

        impl Argument for Option<$number> {
            type Owned = Option<$number>;

            fn of(owned: &'static Option<$number>) -> Self {
                *owned
            }
        }
    )+};
}

by_value!(bool char f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

/// A function or closure with up to six [`Argument`]s, such as `fn(&[Order], f64) -> f64`. An argument that a call
/// leaves out is read as `None`.
pub trait Function<A>: Clone + Send + Sync + 'static {
    /// What it returns.
    type Output;

    /// The arguments as they are kept between calls.
    type Kept: Copy + 'static;

    /// Reads the arguments of a call. They live as long as the process, because a function may keep references to them.
    ///
    /// # Errors
    ///
    /// A text that names the argument that does not fit its type.
    #[doc(hidden)]
    fn read(given: Given) -> Result<Self::Kept, String>;

    /// Calls it.
    #[doc(hidden)]
    fn call(&self, kept: Self::Kept) -> Self::Output;
}

macro_rules! function {
    ($number:literal: $($argument:ident)*) => {
        impl<F, O, $($argument,)*> Function<($($argument,)*)> for F
        where
            F: Fn($($argument,)*) -> O + Clone + Send + Sync + 'static,
            $($argument: Argument,)*
        {
            type Output = O;
            type Kept = ($($argument,)*);

            #[allow(unused_mut, unused_variables, non_snake_case, reason = "named after their types; there may be none")]
            fn read(mut given: Given) -> Result<Self::Kept, String> {
                given.at_most($number)?;
                $(let $argument = $argument::of(Box::leak(Box::new(given.next::<$argument::Owned>()?)));)*
                Ok(($($argument,)*))
            }

            #[allow(non_snake_case, reason = "named after their types")]
            fn call(&self, ($($argument,)*): Self::Kept) -> O {
                self($($argument,)*)
            }
        }
    };
}

function!(0:);
function!(1: A);
function!(2: A B);
function!(3: A B C);
function!(4: A B C D);
function!(5: A B C D E);
function!(6: A B C D E G);
