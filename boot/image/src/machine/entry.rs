//! Where the boot loader jumps to, and the way from there to 64-bit code.
//!
//! There are two entries, both in 32-bit protected mode with paging off and `ebx` pointing to the boot information: that
//! of multiboot2 (GRUB), and that of PVH (`qemu -kernel`). The first page tables map the first 4 GiB one to one, all of it
//! writable and executable; [`crate::machine::paging`] replaces them.

use core::arch::global_asm;

use crate::machine::boot::boot;
use crate::machine::stack::{BOOT_STACK, STACK_END};

/// What multiboot2 leaves in `eax`.
pub const MULTIBOOT2: u32 = 0x36d7_6289;
/// What the PVH entry puts there; also the first word of its boot information.
pub const PVH: u32 = 0x336e_c578;

global_asm!(
    r#"
    .pushsection .multiboot2, "a", @progbits
    .balign 8
multiboot2_header:
    .long 0xe85250d6, 0, multiboot2_header_end - multiboot2_header
    .long -(0xe85250d6 + (multiboot2_header_end - multiboot2_header))
    // Text mode is welcome, and so are pixels, in any number; neither must be.
    .word 4, 1
    .long 12, 2
    .balign 8
    .word 5, 1
    .long 20, 0, 0, 32
    .balign 8
    // No more tags. Everything else that the kernel wants to know is given to it unasked.
    .word 0, 0
    .long 8
multiboot2_header_end:
    .popsection

    .pushsection .note.Xen, "a", @note
    .balign 4
    .long 4, 8, 18
    .asciz "Xen"
    .quad pvh_entry
    .popsection

    .pushsection .text.entry, "ax", @progbits
    .code32
    .global multiboot2_entry
pvh_entry:
    mov eax, {pvh}
multiboot2_entry:
    cli
    cld
    lea esp, [{stack} + {stack_end}]
    mov edi, eax
    mov esi, ebx

    // 64-bit mode and no-execute pages.
    mov eax, 0x80000000
    cpuid
    cmp eax, 0x80000001
    jb no_long_mode
    mov eax, 0x80000001
    cpuid
    and edx, 0x20100000
    cmp edx, 0x20100000
    jne no_long_mode

    // Pages of 2 MiB.
    mov eax, 0x83
    lea ebx, [boot_level2]
1:  mov [ebx], eax
    mov dword ptr [ebx + 4], 0
    add ebx, 8
    add eax, 0x200000
    jnc 1b
    lea eax, [boot_level2 + 3]
    lea ebx, [boot_level3]
    mov ecx, 4
2:  mov [ebx], eax
    add ebx, 8
    add eax, 0x1000
    dec ecx
    jnz 2b
    lea eax, [boot_level3 + 3]
    mov [boot_level4], eax

    // PAE, machine checks, FXSAVE, vector exceptions.
    mov eax, 0x660
    mov cr4, eax
    lea eax, [boot_level4]
    mov cr3, eax
    // Long mode, no-execute pages.
    mov ecx, 0xc0000080
    rdmsr
    or eax, 0x900
    wrmsr
    // Paging, write protection also in ring 0, floating point without traps, caches on.
    mov eax, 0x80010033
    mov cr0, eax
    lgdt [boot_gdt_pointer]
    push 8
    lea eax, [long_mode]
    push eax
    retf

no_long_mode:
    lea esi, [no_long_mode_text]
3:  mov dx, 0x3fd
    in al, dx
    test al, 0x20
    jz 3b
    mov al, [esi]
    test al, al
    jz 4f
    mov dx, 0x3f8
    out dx, al
    inc esi
    jmp 3b
4:  mov ax, {failure}
    mov dx, {exit_port}
    out dx, ax
5:  hlt
    jmp 5b

    .code64
long_mode:
    xor eax, eax
    mov ds, eax
    mov es, eax
    mov fs, eax
    mov gs, eax
    mov ss, eax
    xor ebp, ebp
    // Arguments: `edi` and `esi`. The stack is where a call leaves it.
    push rbp
    jmp {boot}
    .popsection

    .pushsection .rodata.entry, "a", @progbits
no_long_mode_text:
    .asciz "lv6: this processor has no 64-bit mode or no no-execute pages; lv6 needs both.\n"
    .balign 8
boot_gdt:
    .quad 0, 0x00af9b000000ffff
boot_gdt_pointer:
    .word 15
    .quad boot_gdt
    .popsection

    .pushsection .bss.entry, "aw", @nobits
    .balign 4096
boot_level4:
    .skip 4096
boot_level3:
    .skip 4096
boot_level2:
    .skip 4 * 4096
    .popsection
    "#,
    pvh = const PVH,
    stack = sym BOOT_STACK,
    stack_end = const STACK_END,
    boot = sym boot,
    failure = const crate::machine::stop::FAILURE,
    exit_port = const crate::machine::stop::EXIT_PORT,
);
