module
public import Aeneas.Holds
public import Aeneas.Lemmas.Array
public import Aeneas.Lemmas.Bits
/-!
# Sets of simp lemmas

Lean's own way to name a set of simp lemmas (`register_simp_attr`) is not available here: an attribute would have to be
registered when the file is imported. But `simp` takes a proof of `A ∧ B` for the two lemmas `A` and `B`. So a set is a
definition, the conjunction of its members:

    def mySet := And.intro @lemma1 <| And.intro @lemma2 @lemma3

and `simp only [↓wpMonad, wpWord, mySet]` uses all of them. Two rules: lemmas that are polymorphic in universes must
all be taken at one level (`@holds_ok.{u}`), and simprocs (`Nat.reduceMod`) cannot be members.

Sets of lemmas about `holds` are used with `↓`, that is, before `simp` looks inside: then a program is run from the
front, and each of its steps is seen once, with the values that the steps before it gave. Without `↓` all that comes
after a step would be simplified once for each step: for a function of 16 steps that is ten times slower.
-/
@[expose] public section
noncomputable section

namespace Aeneas.Std
universe u

/-- Running a program: the constructs of the monad. -/
def wpMonad :=
  And.intro @holds_ok.{u} <| And.intro @holds_pure.{u} <| And.intro @holds_lift.{u} <| And.intro @holds_bind.{u} <|
  And.intro @holds_map.{u} <| And.intro @holds_ite.{u} <| And.intro @holds_fail.{u} <|
  And.intro @holds_diverge.{u} <| And.intro @holds_massert @Result.bind_ok.{u}

/-- Running a program: arrays. -/
def wpArray :=
  And.intro @holds_index.{u} <| And.intro @holds_index_mut.{u} @holds_update.{u}

/-- Conditions on words become conditions on numbers. -/
def wpWord :=
  And.intro @UScalar.eq_iff <| And.intro @UScalar.lt_iff <| And.intro @UScalar.le_iff <| And.intro @UScalar.gt_iff <|
  And.intro @UScalar.ge_iff <| And.intro @UScalar.beq_iff <| And.intro @UScalar.bne_iff <|
  And.intro @IScalar.eq_iff <| And.intro @IScalar.lt_iff <| And.intro @IScalar.le_iff <| And.intro @IScalar.gt_iff <|
  And.intro @IScalar.ge_iff <| And.intro @IScalar.beq_iff <| And.intro @IScalar.bne_iff <| And.intro @U8.val_lit <|
  And.intro @U16.val_lit <| And.intro @U32.val_lit <| And.intro @U64.val_lit <| And.intro @Usize.val_lit <|
  And.intro @I32.val_lit <| And.intro @I64.val_lit @UScalar.val_default

/-- Literals of patterns. -/
def wpPattern :=
  And.intro @U8.val_mk <| And.intro @U16.val_mk <| And.intro @U32.val_mk <| And.intro @U64.val_mk @Usize.val_mk

/-- Casts between unsigned types. -/
def wpCast :=
  And.intro @U8.val_cast_u8 <| And.intro @U8.val_cast_u16 <| And.intro @U8.val_cast_u32 <|
  And.intro @U8.val_cast_u64 <| And.intro @U8.val_cast_usize <| And.intro @U16.val_cast_u8 <|
  And.intro @U16.val_cast_u16 <| And.intro @U16.val_cast_u32 <| And.intro @U16.val_cast_u64 <|
  And.intro @U16.val_cast_usize <| And.intro @U32.val_cast_u8 <| And.intro @U32.val_cast_u16 <|
  And.intro @U32.val_cast_u32 <| And.intro @U32.val_cast_u64 <| And.intro @U32.val_cast_usize <|
  And.intro @U64.val_cast_u8 <| And.intro @U64.val_cast_u16 <| And.intro @U64.val_cast_u32 <|
  And.intro @U64.val_cast_u64 <| And.intro @U64.val_cast_usize <| And.intro @Usize.val_cast_u8 <|
  And.intro @Usize.val_cast_u16 <| And.intro @Usize.val_cast_u32 <| And.intro @Usize.val_cast_u64 <|
  And.intro @Usize.val_cast_usize @UScalar.val_cast_fromBool

/-- Arithmetic and shifts of `u64` and `usize`. -/
def wpArith :=
  And.intro @holds_add_u64 <| And.intro @holds_sub_u64 <| And.intro @holds_mul_u64 <| And.intro @holds_div_u64 <|
  And.intro @holds_rem_u64 <| And.intro @holds_shl_u64 <| And.intro @holds_shr_u64 <| And.intro @holds_shl_int_u64 <|
  And.intro @holds_shr_int_u64 <| And.intro @holds_add_usize <| And.intro @holds_sub_usize <|
  And.intro @holds_mul_usize <| And.intro @holds_div_usize <| And.intro @holds_rem_usize <|
  And.intro @holds_shl_usize <| And.intro @holds_shr_usize <| And.intro @holds_shl_int_usize @holds_shr_int_usize

/-- Arithmetic and shifts of `u8`, `u16` and `u32`. -/
def wpArithSmall :=
  And.intro @holds_add_u8 <| And.intro @holds_sub_u8 <| And.intro @holds_mul_u8 <| And.intro @holds_div_u8 <|
  And.intro @holds_rem_u8 <| And.intro @holds_shl_u8 <| And.intro @holds_shr_u8 <| And.intro @holds_shl_int_u8 <|
  And.intro @holds_shr_int_u8 <| And.intro @holds_add_u16 <| And.intro @holds_sub_u16 <| And.intro @holds_mul_u16 <|
  And.intro @holds_div_u16 <| And.intro @holds_rem_u16 <| And.intro @holds_shl_u16 <| And.intro @holds_shr_u16 <|
  And.intro @holds_shl_int_u16 <| And.intro @holds_shr_int_u16 <| And.intro @holds_add_u32 <|
  And.intro @holds_sub_u32 <| And.intro @holds_mul_u32 <| And.intro @holds_div_u32 <| And.intro @holds_rem_u32 <|
  And.intro @holds_shl_u32 <| And.intro @holds_shr_u32 <| And.intro @holds_shl_int_u32 @holds_shr_int_u32

/-- Bit operations and wrapping arithmetic on numbers. -/
def wpBits :=
  And.intro @UScalar.val_and <| And.intro @UScalar.val_or <| And.intro @UScalar.val_xor <| And.intro @U64.val_not <|
  And.intro @U64.val_wrapping_add <| And.intro @U64.val_wrapping_sub <| And.intro @U64.val_wrapping_mul <|
  And.intro @Usize.val_not <| And.intro @Usize.val_wrapping_add <| And.intro @Usize.val_wrapping_sub <|
  And.intro @Usize.val_wrapping_mul <| And.intro @U32.val_not <| And.intro @U32.val_wrapping_add <|
  And.intro @U32.val_wrapping_sub <| And.intro @U32.val_wrapping_mul <| And.intro @U16.val_not <|
  And.intro @U16.val_wrapping_add <| And.intro @U16.val_wrapping_sub <| And.intro @U16.val_wrapping_mul <|
  And.intro @U8.val_not <| And.intro @U8.val_wrapping_add <| And.intro @U8.val_wrapping_sub @U8.val_wrapping_mul

/-- Masks of low bits as remainders, which `omega` understands. -/
def wpMask := And.intro @and_1 <| And.intro @and_511 <| And.intro @and_4095 <| And.intro @and_8191 @and_pfn

/-- Bit operations on bit vectors, for specifications that keep words as they are. -/
def wpBitsBv :=
  And.intro @UScalar.bv_mk <| And.intro @UScalar.bv_ofNat <| And.intro @UScalar.bv_and <| And.intro @UScalar.bv_or <|
  And.intro @UScalar.bv_xor <| And.intro @UScalar.bv_not <| And.intro @UScalar.bv_wrapping_add <|
  And.intro @UScalar.bv_wrapping_sub @UScalar.bv_wrapping_mul

/-- Shifts of `u64` as bit vectors; to be used without `wpArith`, which has the same shifts as numbers. -/
def wpShiftBv :=
  And.intro @holds_shl_bv_u64 <| And.intro @holds_shr_bv_u64 <| And.intro @holds_shl_int_bv_u64 @holds_shr_int_bv_u64

/-- An array that was written and is read again at the same index, for leaves: the bound must be at hand. -/
def leafArray := And.intro @Array.get_set_same.{u} @Array.set_set.{u}

/-- Propositional logic at leaves. -/
def leafLogic :=
  And.intro @if_true.{1} <| And.intro @if_false.{1} <| And.intro @ne_eq.{1} <| And.intro @not_true_eq_false <|
  And.intro @not_false_eq_true <| And.intro @and_self <| And.intro @true_and <| And.intro @and_true <|
  And.intro @false_and <| And.intro @and_false <| And.intro @or_self <| And.intro @or_true <| And.intro @true_or <|
  And.intro @false_or @or_false

/-- Truth values become propositions, and conditions one hypothesis each. -/
def wpBool :=
  And.intro @decide_eq_true_eq <| And.intro @Bool.and_eq_true <| And.intro @Bool.or_eq_true <|
  And.intro @Bool.not_eq_true' <| And.intro @Bool.not_eq_true <| And.intro @decide_eq_false_iff_not <|
  And.intro @ne_eq.{1} <| And.intro @Classical.not_not <| And.intro @and_imp <| And.intro @forall_const.{0} <|
  And.intro @true_and <| And.intro @and_true <| And.intro @Bool.false_eq_true <|
  And.intro @not_false_eq_true <| And.intro @not_true_eq_false @false_implies

end Aeneas.Std
