; A parasite: it has no copy loop and calls the copy procedure of a neighbour, template 1100.
; Beside an ancestor it multiplies; alone its CALL finds nothing and it never divides.
        .1111                           ; begin
        ADR_BACK_TEMPLATE .0000
        MOV_BX_AX                       ; BX = own first address
        ADR_FWD_TEMPLATE .0001
        SUB
        MOV_CX_AX                       ; CX = own length
        .1101                           ; main loop
        MAL
        CALL_TEMPLATE .0011             ; somebody else's copy procedure
        DIVIDE
        JMP_BACK_TEMPLATE .0010
        INC_DX                          ; never executed: parts two templates that would be read as one
        .1110                           ; end
