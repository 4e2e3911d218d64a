//! Rules broken on purpose, to show that each law is able to fail. Each is a switch in the shell of the simulation or on its
//! disk; the production values know nothing of it.

/// What is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Flaw {
    /// Nothing.
    #[default]
    None,
    /// A report is acknowledged before it is on disk.
    AckBeforeCommit,
    /// The disk takes a unit again that it has already, at the end of the line.
    EnterTwice,
    /// The ledger gets a second row for a unit now and then.
    CreditTwice,
    /// What wants to leave an island leaves with the report, before anybody has checked it.
    LeakProvisional,
    /// A stretch is given out now and then with another end.
    ChangeHeaders,
    /// The auditor says yes to everything, and nobody else is asked.
    BelieveEverything,
    /// The auditor computes wrongly, and always in the same way.
    WrongAuditor,
    /// Who was found wrong is mistaken for another.
    BlameAnother,
    /// Whoever comes is taken for an operator.
    EverybodyIsARoot,
    /// Closed claims are forgotten now and then.
    ForgetClosings,
    /// The view is not told of units that do not count.
    ForgetTheView,
    /// Connections are never forgotten.
    KeepSeats,
    /// The state of a link is another one now and then.
    SpoilStates,
    /// A head moves without a verdict.
    MoveHeads,
}

impl Flaw {
    /// All that can be broken, each with the law that must notice.
    pub const ALL: [(Self, &'static str); 14] = [
        (Self::AckBeforeCommit, "acknowledged"),
        (Self::EnterTwice, "counted once"),
        (Self::CreditTwice, "ledger"),
        (Self::LeakProvisional, "nothing leaves unchecked"),
        (Self::ChangeHeaders, "headers"),
        (Self::BelieveEverything, "belief"),
        (Self::WrongAuditor, "contested"),
        (Self::BlameAnother, "honest"),
        (Self::EverybodyIsARoot, "trust"),
        (Self::ForgetClosings, "progress"),
        (Self::ForgetTheView, "dashboard"),
        (Self::KeepSeats, "bounds"),
        (Self::SpoilStates, "replay"),
        (Self::MoveHeads, "verdicts"),
    ];
}
