; The forager that also signals, senses, stores, and looks beyond the border of the region.
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
        POP_CX
        POP_BX
        SENSE_ENERGY
        EMIT_SIGNAL
        SENSE_SIGNAL
        WRITE_STORAGE
        SENSE_ENV
        SENSE_GRADIENT
        READ_STORAGE
        SENSE_OWNER
        PUSH_BX
        ZERO_AX
        DEC
        MOV_BX_AX                       ; BX = -1: the cell below the region
        SENSE_ENV
        SENSE_SIGNAL
        SENSE_GRADIENT
        EMIT_SIGNAL                     ; beyond the region: an error
        POP_BX
        RET
        .1110                           ; end
