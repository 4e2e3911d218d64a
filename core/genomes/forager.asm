; The forager: the ancestor that harvests twice the cell under the byte it copies, and asks for a task eight times a
; generation, which is room to learn answers in. The founder of the default world. 68 bytes.
; What measures and calls is short, so that a change which hides the copy procedure makes a parasite at a stroke.
        .1                              ; begin
        ADR_BACK_TEMPLATE .0
        MOV_BX_AX                       ; BX = own first address
        ADR_FWD_TEMPLATE .0001
        SUB
        MOV_CX_AX                       ; CX = own length
        .10                             ; main loop
        MAL                             ; AX = first address of the child
        CALL_TEMPLATE .0011
        DIVIDE
        JMP_BACK_TEMPLATE .01
        INC_DX                          ; never executed: parts two templates that would be read as one
        .1100                           ; copy procedure, callable by strangers
        MOV_DX_AX
        PUSH_BX
        PUSH_CX
        .101
        MOV_MR                          ; one byte from [BX] ..
        HARVEST_ENERGY                  ; .. where there is food
        HARVEST_ENERGY
        XCHG_BX_DX
        MOV_RM                          ; .. to [DX]
        INC_BX
        XCHG_BX_DX
        INC_BX
        DEC_CX
        JNZ -11
        READ_TASK
        SUBMIT_TASK
        READ_TASK
        SUBMIT_TASK
        READ_TASK
        SUBMIT_TASK
        READ_TASK
        SUBMIT_TASK
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
