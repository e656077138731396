//! The house against simple models of it: whatever is asked for, and whatever fails or dies in between, in whichever
//! order its workers take their steps.

mod deployments;
mod iterations;
