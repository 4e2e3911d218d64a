; A listener: it looks for a signal in the 16 cells above it, one by one, and puts its child where it hears one:
; a hotspot announces itself so before it moves there. Hearing nothing, it puts the child next to itself.
; Made for cells of 256 bytes. 92 bytes.
        .1111                           ; begin
        ADR_BACK_TEMPLATE .0000
        MOV_BX_AX                       ; BX = own first address
        ADR_FWD_TEMPLATE .0001
        SUB
        MOV_CX_AX                       ; CX = own length
        .1101                           ; main loop
        PUSH_BX
        PUSH_CX
        ONE_AX
        SHL
        SHL
        SHL
        SHL
        MOV_CX_AX                       ; CX = 16 cells to listen to
        SHL
        SHL
        SHL
        SHL
        MOV_DX_AX                       ; DX = 256 bytes, a cell
        PUSH_DX                         ; one cell up ..
        POP_AX
        ADD
        MOV_BX_AX
        SENSE_SIGNAL
        INC
        DEC                             ; .. sets Z where it is silent
        JNZ 7                           ; to the second POP_CX: BX is where the signal is
        DEC_CX
        JNZ -12
        POP_CX
        POP_BX                          ; nothing heard: BX = own first address
        PUSH_BX
        PUSH_CX
        POP_CX
        MAL                             ; the free block nearest to [BX]
        POP_BX
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
        RET
        .1110                           ; end
