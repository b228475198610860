module
public import Lv6.Spec.Boot
public import Lv6.Spec.Dispatch
public import Lv6.Spec.Scan
public import Lv6.Spec.Trap
/-!
# Calls that succeed

A specification by which every call fails would be easy to meet. Here is a story from the start of the kernel on in which
calls succeed, one after the other, with the traps in between: each of its states is computed, and each result is 0.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec.Story

/-- One thing that happens. -/
inductive Event where
  /-- The running process makes a system call. -/
  | call (nr : Nat) (a b c d e f : Word := 0#64)
  /-- Its time is used up. -/
  | preempt
  /-- It has done what it must not. -/
  | fault
  /-- An interrupt arrives. -/
  | extintr (v : Nat)

/-- What the kernel does, with its result. -/
def Event.run : Event → State → Nat × State
  | .call nr a b c d e f, s => dispatch s nr a b c d e f
  | .preempt, s => Spec.preempt s
  | .fault, s => Spec.fault s
  | .extintr v, s => Spec.extintr s v

/-- The number of the call, if it is one. -/
def Event.number : Event → Option Nat
  | .call nr .. => some nr
  | _ => none

/-- The state after some events. -/
def after (s : State) : List Event → State
  | [] => s
  | e :: es => after (e.run s).2 es

/-- Whether all of them succeed, one after the other. -/
def succeed (s : State) : List Event → Bool
  | [] => true
  | e :: es => decide ((e.run s).1 = 0) && succeed (e.run s).2 es

/-- What the boot scan has found: an IOMMU, and a device with a page of memory and a page of configuration space. -/
def findings : Scan where
  count := 1
  iommu := 1
  ecam := 0xb0000000
  devid _ := 24
  classCode _ := 0
  barBase _ i := if i = 0 then 0xfe000000 else 0
  barSize _ i := if i = 0 then 4096 else 0

/-- The kernel lies at page frame 512, two megabytes into memory, and the device tables are filled. -/
def booted : State := (bootDevices (initial 512) findings).2

/-- Permission to read. -/
abbrev r : Word := 1#64
/-- Permission to read and write. -/
abbrev rw : Word := 3#64

/-- No descriptor. -/
abbrev noDescriptor : Word := 0xffffffffffffffff#64

/-- Init builds itself an address space. -/
def memory : List Event := [
  .call 20 1 1 0 4 rw, -- page 4 becomes a level-3 table
  .call 21 1 4 0 5 rw, -- page 5 a level-2 table
  .call 22 1 5 0 6 rw, -- page 6 a level-1 table
  .call 23 1 6 0 7 rw, -- page 7 a frame at address 0
  .call 23 1 6 1 8 rw, -- page 8 a frame after it
  .call 24 7 1 8, -- page 7 is copied to page 8
  .call 25 6 0 7 r, -- page 7 is made read-only
  .call 3 1 6 2 0 r, -- the page descriptors are mapped
  .call 5 1 6 3 0 r, -- the process table
  .call 6 1 6 4 0 r, -- the device table
  .call 7 1 6 5 0 r, -- the file table
  .call 4 1 1 r, -- the root table, in its own slot 1
  .call 29 6 1 8, -- page 8 is freed
  .call 22 1 5 1 8 rw, .call 28 5 1 8, -- another level-1 table, and freed again
  .call 21 1 4 1 8 rw, .call 27 4 1 8, -- another level-2 table, and freed again
  .call 20 1 1 2 8 rw, .call 26 1 2 8] -- another level-3 table, and freed again

/-- Init makes process 2, builds an address space for it, opens files, hands one over, and lets the process run. -/
def birth : List Event := [
  .call 11 0x696e6974 0, -- init's name
  .call 10 2 16 17 18, -- the clone, in pages 16 to 18
  .call 20 2 16 0 19 rw, .call 21 2 19 0 20 rw, .call 22 2 20 0 21 rw, -- its tables
  .call 23 2 21 0 22 rw, -- page 22 is its frame
  .call 34 0 1 2 7 3, -- file 1 is opened at descriptor 0
  .call 38 0 100, -- its offset is set
  .call 36 0 1 1, -- descriptor 0 is copied to 1
  .call 37 0 1 2, -- and to 2
  .call 36 0 2 0, -- and to descriptor 0 of process 2
  .call 35 1 2, -- descriptor 2 is closed
  .call 12 2, -- process 2 becomes runnable
  .call 13 2] -- and runs

/-- Messages between process 2 and init. -/
def messages : List Event := [
  .call 41 1 22 noDescriptor, -- process 2 sleeps until one arrives in its page 22; init runs
  .call 43 2 5 7 100 7 noDescriptor, -- init calls it, and sleeps until it answers
  .call 42 1 6 22 8 noDescriptor 22, -- it answers, and sleeps again
  .call 40 2 7 7 0 noDescriptor] -- init sends again; process 2 runs

/-- Process 2 gets ports, a device with an interrupt, and memory that the device can reach. -/
def devices : List Event := [
  .call 70 30 31 32, -- an I/O bitmap in pages 30 to 32
  .call 71 0x60, -- the port of the keyboard
  .call 47 24 33, -- device 24, with page 33 as the root of its tables
  .call 48 33 0 34 rw, .call 49 34 0 35 rw, .call 50 35 0 36 rw, -- tables of all levels
  .call 51 36 0 0 rw, -- DMA page 0
  .call 52 21 1 0 rw, -- which the process maps, too
  .call 46 21 2 0x5e000 rw, -- as it maps the device's memory
  .call 55 64, -- vector 64
  .call 57 0 24 64, -- the device's interrupt is routed to it
  .extintr 64, -- one arrives
  .call 59 64] -- and is acknowledged

/-- Process 2 has a child, and dies; what it had is taken back. Then the child runs, and dies of a fault. -/
def death : List Event := [
  .call 10 3 40 41 42, -- the child, in pages 40 to 42
  .call 14 2, -- process 2 kills itself
  .preempt, -- and is dead when its time is used up; init runs
  .call 58 0, -- the interrupt route is taken back
  .call 56 64, -- the vector
  .call 54 24, -- the device
  .call 53 0, -- the DMA page
  .call 72 0x60, -- the port
  .call 35 2 0, -- the open file
  .call 17 3, -- its child is adopted by init
  .call 30 16, .call 30 17, .call 30 18, .call 30 19, .call 30 20, .call 30 21,
  .call 30 22, .call 30 30, .call 30 31, .call 30 32, .call 30 33, .call 30 34,
  .call 30 35, .call 30 36, -- its pages
  .call 16 2, -- and it is gone
  .call 12 3, .call 13 3, .fault] -- the child runs, and dies of a fault

/-- All of it. -/
def story : List Event := memory ++ birth ++ messages ++ devices ++ death

/-- Every call and every trap of the story succeeds. -/
theorem story_succeeds : succeed booted story = true := by decide +kernel

/-- Each call is in it. -/
theorem story_complete : ∀ nr ∈ [3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
    34, 35, 36, 37, 38, 40, 41, 42, 43, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 70, 71, 72],
    ∃ e ∈ story, e.number = some nr := by decide +kernel

end Lv6.Spec.Story
