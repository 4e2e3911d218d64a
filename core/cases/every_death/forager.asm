; A forager whose templates do not touch.
        .1111                           ; begin
        ADR_BACK_TEMPLATE .0000
        MOV_BX_AX
        ADR_FWD_TEMPLATE .0001
        SUB
        MOV_CX_AX
        .1101                           ; main loop
        MAL
        CALL_TEMPLATE .0011
        DIVIDE
        JMP_BACK_TEMPLATE .0010
        DEC_DX                          ; never executed: keeps two templates apart
        .1100                           ; copy procedure
        MOV_DX_AX
        PUSH_BX
        PUSH_CX
        .1010
        MOV_MR
        HARVEST_ENERGY
        XCHG_BX_DX
        MOV_RM
        INC_BX
        XCHG_BX_DX
        INC_BX
        DEC_CX
        JNZ -10
        READ_TASK
        SUBMIT_TASK
        POP_CX
        POP_BX
        RET
        .1110                           ; end
