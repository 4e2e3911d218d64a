; A follower of gradients: the forager that puts its child a step towards more food, instead of next to itself.
; It feels where there is more (-1, 0 or 1) at its own first cell, makes 512 bytes of it and asks for memory there.
; Its step fits cells of 64 to 256 bytes; where a cell is 16 bytes, a body covers what it feels. 75 bytes.
        .1111                           ; begin
        ADR_BACK_TEMPLATE .0000
        MOV_BX_AX                       ; BX = own first address
        ADR_FWD_TEMPLATE .0001
        SUB
        MOV_CX_AX                       ; CX = own length
        .1101                           ; main loop
        PUSH_BX
        SENSE_GRADIENT                  ; AX = 1 if there is more above, -1 if below
        SHL
        SHL
        SHL
        SHL
        SHL
        SHL
        SHL
        SHL
        SHL
        ADD
        MOV_BX_AX                       ; BX = 512 bytes uphill
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
