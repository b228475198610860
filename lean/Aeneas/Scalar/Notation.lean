module
public import Aeneas.Scalar.Basic
/-!
# Literals

`5#u64` is the value 5 of type `U64`. In patterns, generated code writes `5#uscalar` and `(-5)#iscalar`, where the type
is known from what is matched.
-/
set_option compiler.extract_closed false
public section

macro:max x:term:max noWs "#u8" : term => `((Aeneas.Std.UScalar.ofNat $x : Aeneas.Std.U8))
macro:max x:term:max noWs "#u16" : term => `((Aeneas.Std.UScalar.ofNat $x : Aeneas.Std.U16))
macro:max x:term:max noWs "#u32" : term => `((Aeneas.Std.UScalar.ofNat $x : Aeneas.Std.U32))
macro:max x:term:max noWs "#u64" : term => `((Aeneas.Std.UScalar.ofNat $x : Aeneas.Std.U64))
macro:max x:term:max noWs "#u128" : term => `((Aeneas.Std.UScalar.ofNat $x : Aeneas.Std.U128))
macro:max x:term:max noWs "#usize" : term => `((Aeneas.Std.UScalar.ofNat $x : Aeneas.Std.Usize))
macro:max x:term:max noWs "#i8" : term => `((Aeneas.Std.IScalar.ofInt $x : Aeneas.Std.I8))
macro:max x:term:max noWs "#i16" : term => `((Aeneas.Std.IScalar.ofInt $x : Aeneas.Std.I16))
macro:max x:term:max noWs "#i32" : term => `((Aeneas.Std.IScalar.ofInt $x : Aeneas.Std.I32))
macro:max x:term:max noWs "#i64" : term => `((Aeneas.Std.IScalar.ofInt $x : Aeneas.Std.I64))
macro:max x:term:max noWs "#i128" : term => `((Aeneas.Std.IScalar.ofInt $x : Aeneas.Std.I128))
macro:max x:term:max noWs "#isize" : term => `((Aeneas.Std.IScalar.ofInt $x : Aeneas.Std.Isize))

macro:max x:term:max noWs "#uscalar" : term => `(Aeneas.Std.UScalar.mk $x)
macro:max x:term:max noWs "#iscalar" : term => `(Aeneas.Std.IScalar.mk $x)

/-- Negation that may fail. -/
macro:75 "-." x:term:75 : term => `(Aeneas.Std.IScalar.neg $x)
