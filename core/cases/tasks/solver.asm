; The forager with an answer for fifteen tasks behind its copy loop.
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
        READ_TASK NOT_AX SUBMIT_TASK                        ; NOT
        READ_TASK AND SUBMIT_TASK                           ; AND
        READ_TASK AND NOT_AX SUBMIT_TASK                    ; NAND
        READ_TASK OR SUBMIT_TASK                            ; OR
        READ_TASK OR NOT_AX SUBMIT_TASK                     ; NOR
        READ_TASK XOR SUBMIT_TASK                           ; XOR
        READ_TASK XOR NOT_AX SUBMIT_TASK                    ; EQU
        READ_TASK XCHG_AX_BX NOT_AX AND SUBMIT_TASK         ; ANDN
        READ_TASK XCHG_AX_BX NOT_AX OR SUBMIT_TASK          ; ORN
        READ_TASK ADD SUBMIT_TASK                           ; ADD
        READ_TASK SUB SUBMIT_TASK                           ; SUB
        READ_TASK AND MOV_DX_AX READ_TASK XCHG_BX_DX AND SUBMIT_TASK; AND3
        READ_TASK OR MOV_DX_AX READ_TASK XCHG_BX_DX OR SUBMIT_TASK; OR3
        READ_TASK XOR MOV_DX_AX READ_TASK XCHG_BX_DX XOR SUBMIT_TASK; PARITY3
        POP_CX
        POP_BX
        RET
        .1110                           ; end
