; The pupil: the ancestor that asks and answers four times a generation. It hands the question back, four times the
; same, so there is room to answer each in another way. The founder of the NAND machine. 68 bytes.
        .1111                           ; begin
        ADR_BACK_TEMPLATE .0000
        MOV_BX_AX                       ; BX = own first address
        ADR_FWD_TEMPLATE .0001
        SUB
        MOV_CX_AX                       ; CX = own length
        .1101                           ; main loop
        MAL                             ; AX = first address of the child
        CALL_TEMPLATE .0011
        DIVIDE
        JMP_BACK_TEMPLATE .0010
        INC_DX                          ; never executed: parts two templates that would be read as one
        .1100                           ; copy procedure, callable by strangers
        MOV_DX_AX
        PUSH_BX
        PUSH_CX
        .101
        MOV_MR                          ; one byte from [BX] ..
        XCHG_BX_DX
        MOV_RM                          ; .. to [DX]
        INC_BX
        XCHG_BX_DX
        INC_BX
        DEC_CX
        JNZ -9
        READ_TASK
        SUBMIT_TASK
        READ_TASK
        SUBMIT_TASK
        READ_TASK
        SUBMIT_TASK
        READ_TASK
        SUBMIT_TASK
        POP_CX
        POP_BX
        RET
        .1110                           ; end
