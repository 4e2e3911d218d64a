; Leans on every edge of the stack and of template search, and goes round for ever.
        .11                             ; begin
        PUSH_AX PUSH_BX PUSH_CX PUSH_DX PUSH_AX PUSH_BX PUSH_CX PUSH_DX
        PUSH_AX PUSH_BX PUSH_CX PUSH_DX ; ten words fit
        POP_BX POP_CX POP_DX POP_AX POP_BX POP_CX POP_DX POP_AX
        POP_BX POP_CX POP_DX POP_AX     ; two find nothing
        RET                             ; nowhere to go back to
        JMP_FWD_TEMPLATE YIELD          ; no template at all
        ADR_FWD_TEMPLATE .0101101001    ; eight symbols count, two are executed
        ADR_BACK_TEMPLATE .10000001     ; nowhere within reach
        ADR_FWD_TEMPLATE~ .011
        ADR_BACK_TEMPLATE .00           ; its own beginning, or a neighbour's end
        MOV_BX_AX
        MOV_MR
        SHL JZ 1 BYTE 255               ; jumps over a byte that is no opcode
        INC JNZ 2 BYTE 128
        DEC_DX
        CALL_TEMPLATE .0010             ; never returned from: the stack fills up
        INC_CX
        .1101
        CALL_TEMPLATE~ .1000
        .0111
        JMP_BACK_TEMPLATE .000000000    ; its complement is never there
        JMP_BACK_TEMPLATE .00
        .100
