module
public import Aeneas.Proof
public import Aeneas.ConformTable.Parts
public import Aeneas.ConformTable.Signed
public import Aeneas.ConformTable.U64
public import Aeneas.ConformTable.Unsigned
public import Lv6.Code.Abi
public import Lv6.Code.Boot
public import Lv6.Code.Dispatch
public import Lv6.Code.Family
public import Lv6.Code.Fd
public import Lv6.Code.Fields
public import Lv6.Code.Interrupt
public import Lv6.Code.Iommu
public import Lv6.Code.Ipc
public import Lv6.Code.Page
public import Lv6.Code.PageTable
public import Lv6.Code.Port
public import Lv6.Code.Proc
public import Lv6.Code.Ready
public import Lv6.Code.Scan
public import Lv6.Code.State
public import Lv6.Code.Trap
public import Lv6.Code.Vm
public import Lv6.Refine.Boot
public import Lv6.Refine.Bounds
public import Lv6.Refine.Helpers
public import Lv6.Refine.Page
public import Lv6.Refine.PageTable
public import Lv6.Refine.Proc
public import Lv6.Refine.Ready
public import Lv6.Refine.Refines
public import Lv6.Refine.Tactic
public import Lv6.Refine.Trap
public import Lv6.Refine.Vm
public import Lv6.Spec.Boot
public import Lv6.Spec.Bounds
public import Lv6.Spec.Count
public import Lv6.Spec.Dispatch
public import Lv6.Spec.Entry
public import Lv6.Spec.Fd
public import Lv6.Spec.Interrupt
public import Lv6.Spec.Inv
public import Lv6.Spec.Keep.Basic
public import Lv6.Spec.Keep.Boot
public import Lv6.Spec.Keep.Clone
public import Lv6.Spec.Keep.Fd
public import Lv6.Spec.Keep.Interrupt
public import Lv6.Spec.Keep.Page
public import Lv6.Spec.Keep.Port
public import Lv6.Spec.Keep.Proc
public import Lv6.Spec.Keep.Table
public import Lv6.Spec.Keep.Vm
public import Lv6.Spec.Layout
public import Lv6.Spec.Page
public import Lv6.Spec.PageTable
public import Lv6.Spec.Port
public import Lv6.Spec.Proc
public import Lv6.Spec.Ready
public import Lv6.Spec.Ring
public import Lv6.Spec.State
public import Lv6.Spec.Trap
public import Lv6.Spec.Upd
public import Lv6.Spec.Vm
public import Lv6.Spec.Word
public import Lv6.Theorems.Counters
public import Lv6.Theorems.Isolation
public import Lv6.Theorems.Lists
public import Lv6.Theorems.Tlb
public import Lv6.Theorems.Walk
/-!
# lv6

Everything that is checked: the extracted code (`Lv6.Code`), what it should do (`Lv6.Spec`), the proof that it does
(`Lv6.Refine`), and what follows (`Lv6.Theorems`). `lean/README.md` says where to begin.
-/
