; The forager with NAND circuits behind its copy loop; OR, XOR and NOT_AX are idle here.
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
        READ_TASK SUBMIT_TASK                               ; ECHO
        READ_TASK AND SUBMIT_TASK                           ; NAND
        READ_TASK MOV_BX_AX AND SUBMIT_TASK                 ; NOT
        READ_TASK AND MOV_BX_AX AND SUBMIT_TASK             ; AND
        READ_TASK XCHG_BX_DX MOV_BX_AX AND XCHG_BX_DX AND SUBMIT_TASK; ORN
        READ_TASK XCHG_BX_DX MOV_BX_AX AND PUSH_AX XCHG_BX_DX XCHG_AX_BX MOV_BX_AX AND POP_BX AND SUBMIT_TASK; OR
        READ_TASK XCHG_BX_DX MOV_BX_AX AND PUSH_AX XCHG_BX_DX XCHG_AX_BX MOV_BX_AX AND POP_BX AND MOV_BX_AX AND SUBMIT_TASK; NOR
        OR XOR NOT_AX
        POP_CX
        POP_BX
        RET
        .1110                           ; end
