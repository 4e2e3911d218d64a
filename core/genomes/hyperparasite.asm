; A hyper-parasite: it breeds alone, and its copy procedure does not return. A parasite that calls the procedure
; gets one child out of it and is then led to the head of this genome, where it goes on copying this genome for ever.
        .1111                           ; begin
        ADR_BACK_TEMPLATE .0000
        MOV_BX_AX                       ; BX = first address of this genome, whoever executes it
        ADR_FWD_TEMPLATE .0001
        SUB
        MOV_CX_AX                       ; CX = its length
        MAL                             ; AX = first address of the child
        .1100                           ; copy procedure, callable by strangers, for its price
        MOV_DX_AX
        MOV_MR                          ; one byte from [BX] ..
        XCHG_BX_DX
        MOV_RM                          ; .. to [DX]
        INC_BX
        XCHG_BX_DX
        INC_BX
        DEC_CX
        JNZ -9
        DIVIDE
        JMP_BACK_TEMPLATE .0000         ; and again from the head, not back to the caller
        INC_DX                          ; never executed: parts two templates that would be read as one
        .1110                           ; end
