; A lookout: it sees how much resource lies 64 bytes above its first byte and hears the signal 64 bytes below, writes
; what it saw into its own cell and repeats there what it heard. At an edge of the region that is the neighbour's
; border, so signals go from one island to the next. It does not breed. 43 bytes.
        .1111                           ; begin
        ADR_BACK_TEMPLATE .0000
        MOV_BX_AX                       ; BX = own first address
        PUSH_BX
        ONE_AX
        SHL
        SHL
        SHL
        SHL
        SHL
        SHL
        ADD
        MOV_BX_AX                       ; BX = 64 bytes above
        SENSE_ENV
        POP_BX
        WRITE_STORAGE                   ; low byte of what it saw
        PUSH_BX
        ZERO_AX
        DEC
        SHL
        SHL
        SHL
        SHL
        SHL
        SHL
        ADD
        MOV_BX_AX                       ; BX = 64 bytes below
        SENSE_SIGNAL
        POP_BX
        EMIT_SIGNAL                     ; low byte of what it heard
        YIELD
        JMP_BACK_TEMPLATE .0000
