; The gymnast in aliases only: other bytes, the same life.
        NOP_1~ NOP_1~ NOP_1~ NOP_1~
         ; the gym: everything once
        ONE_AX~
        MOV_RR~
        MOV_BX_AX~
        ADD~ SUB~ INC~ DEC~ AND~ OR~ XOR~ SHL~ SHR~
        CMP~ SETZ~ SETNZ~ ZERO_AX~ NOT_AX~
        JZ~ 1 YIELD~
        JNZ~ 1 YIELD~
        PUSH_AX~ PUSH_BX~ PUSH_CX~ PUSH_DX~
        POP_DX~ POP_CX~ POP_BX~ POP_AX~
        XCHG_AX_BX~ XCHG_AX_CX~ XCHG_CX_DX~ XCHG_BX_DX~
        MOV_CX_AX~ MOV_DX_AX~
        INC_BX~ DEC_BX~ INC_CX~ DEC_CX~ INC_DX~ DEC_DX~
        JMP_FWD_TEMPLATE~ NOP_0~ NOP_1~ NOP_0~ YIELD~ NOP_1~ NOP_0~ NOP_1~
        NOP_0~
        BYTE 200
        BYTE 255
        RANDOM~
        MOV_BX_AX~
        MOV_RM~
        YIELD~
        ADR_BACK_TEMPLATE~ NOP_0~ NOP_0~ NOP_0~ NOP_0~
        MOV_BX_AX~
        SENSE_ENV~ SENSE_SIGNAL~ SENSE_GRADIENT~ EMIT_SIGNAL~ HARVEST_ENERGY~
        SENSE_ENERGY~ SENSE_OWNER~ WRITE_STORAGE~ READ_STORAGE~
        PUSH_BX~
        READ_TASK~ SUBMIT_TASK~
        POP_BX~
        ADR_FWD_TEMPLATE~ NOP_0~ NOP_0~ NOP_0~ NOP_1~
        SUB~
        MOV_CX_AX~
        NOP_1~ NOP_1~ NOP_0~ NOP_1~
        MAL~
        CALL_TEMPLATE~ NOP_0~ NOP_0~ NOP_1~ NOP_1~
        DIVIDE~
        JMP_BACK_TEMPLATE~ NOP_0~ NOP_0~ NOP_1~ NOP_0~
        DEC_DX~
        NOP_1~ NOP_1~ NOP_0~ NOP_0~
        MOV_DX_AX~
        PUSH_BX~
        PUSH_CX~
        NOP_1~ NOP_0~ NOP_1~ NOP_0~
        MOV_MR~
        XCHG_BX_DX~
        MOV_RM~
        INC_BX~
        XCHG_BX_DX~
        INC_BX~
        DEC_CX~
        JNZ~ -9
        POP_CX~
        POP_BX~
        RET~
        NOP_1~ NOP_1~ NOP_1~ NOP_0~
