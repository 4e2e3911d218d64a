; A chronicler: each reads in its first cell which generation it is, and writes one more into the first cell of its
; child. The storage carries the number from parent to child; no register and no byte of the genome does. 56 bytes.
        .1111                           ; begin
        ADR_BACK_TEMPLATE .0000
        MOV_BX_AX                       ; BX = own first address
        READ_STORAGE                    ; AX = what the parent left here; a part of its price comes back
        INC
        PUSH_AX                         ; the number of the children's generation
        ADR_FWD_TEMPLATE .0001
        SUB
        MOV_CX_AX                       ; CX = own length
        .1101                           ; main loop
        MAL
        MOV_DX_AX                       ; DX = first address of the child
        POP_AX
        PUSH_AX
        XCHG_BX_DX
        WRITE_STORAGE                   ; the message, where the child will look
        XCHG_BX_DX
        PUSH_BX
        PUSH_CX
        MOV_MR                          ; one byte from [BX] ..
        HARVEST_ENERGY                  ; .. where there is food
        XCHG_BX_DX
        MOV_RM                          ; .. to [DX]
        INC_BX
        XCHG_BX_DX
        INC_BX
        DEC_CX
        JNZ -10
        POP_CX
        POP_BX
        DIVIDE
        JMP_BACK_TEMPLATE .0010
        INC_DX                          ; never executed: parts two templates that would be read as one
        .1110                           ; end
