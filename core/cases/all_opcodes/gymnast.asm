; Executes all 64 opcodes before it measures, copies and divides.
        .1111
        ; the gym: everything once
        ONE_AX
        MOV_RR
        MOV_BX_AX
        ADD SUB INC DEC AND OR XOR SHL SHR
        CMP SETZ SETNZ ZERO_AX NOT_AX
        JZ 1 YIELD
        JNZ 1 YIELD
        PUSH_AX PUSH_BX PUSH_CX PUSH_DX
        POP_DX POP_CX POP_BX POP_AX
        XCHG_AX_BX XCHG_AX_CX XCHG_CX_DX XCHG_BX_DX
        MOV_CX_AX MOV_DX_AX
        INC_BX DEC_BX INC_CX DEC_CX INC_DX DEC_DX
        JMP_FWD_TEMPLATE .010 YIELD .101
        NOP_0
        BYTE 200
        BYTE 255
        RANDOM
        MOV_BX_AX
        MOV_RM                          ; most likely not its own: an error
        YIELD
        ADR_BACK_TEMPLATE .0000
        MOV_BX_AX
        SENSE_ENV SENSE_SIGNAL SENSE_GRADIENT EMIT_SIGNAL HARVEST_ENERGY
        SENSE_ENERGY SENSE_OWNER WRITE_STORAGE READ_STORAGE
        PUSH_BX
        READ_TASK SUBMIT_TASK
        POP_BX
        ADR_FWD_TEMPLATE .0001
        SUB
        MOV_CX_AX
        .1101
        MAL
        CALL_TEMPLATE .0011
        DIVIDE
        JMP_BACK_TEMPLATE .0010
        DEC_DX                          ; never executed: keeps two templates apart
        .1100
        MOV_DX_AX
        PUSH_BX
        PUSH_CX
        .1010
        MOV_MR
        XCHG_BX_DX
        MOV_RM
        INC_BX
        XCHG_BX_DX
        INC_BX
        DEC_CX
        JNZ -9
        POP_CX
        POP_BX
        RET
        .1110
