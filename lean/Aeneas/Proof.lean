module
public import Aeneas
public import Aeneas.Holds
public import Aeneas.Lemmas.Scalar
public import Aeneas.Lemmas.Arith
public import Aeneas.Lemmas.Bits
public import Aeneas.Lemmas.Int
public import Aeneas.Lemmas.Array
public import Aeneas.SimpSets
public import Aeneas.Tactic
/-! All lemmas and tactics about extracted code. -/
