/*
 * The yardstick of the speed bench: a plain switch interpreter of one-byte opcodes over 64 KiB. Eight programs each copy
 * their own block of 256 bytes to a free one, 32 instructions a turn. No ownership, no energy, no mutation, no search, no
 * counting: about the ceiling of a naive portable interpreter. In C, because that is what such engines are written in;
 * compiled with `cc -O2` by `speed.rs`, which prints how many instructions a processor second it does.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { NOP0, NOP1, ZERO_C, SET_N, SRC, DST, LOAD, STORE, INC_A, INC_B, DEC_C, IFZ_C, BACK, RESTART };

#define SOUP 65536u
#define MASK (SOUP - 1u)
#define PROGRAMS 8u
#define BLOCK 256u
#define TURN 32u
#define LOOP_BACK 7u /* from BACK to the head of the copy loop */

typedef struct { uint32_t ip, a, b, c, r, home, away; } Cpu;

static uint8_t soup[SOUP];
static Cpu cpus[PROGRAMS];

static const uint8_t program[] = {
    NOP1, NOP1, NOP0, NOP1, SRC, DST, SET_N,
    /* seven instructions a byte */
    LOAD, STORE, INC_A, INC_B, DEC_C, IFZ_C, RESTART, BACK,
};

static inline void step(Cpu *p)
{
    const uint8_t op = soup[p->ip & MASK] & 15u;
    uint32_t next = p->ip + 1u;
    switch (op) {
    case NOP0: case NOP1: break;
    case ZERO_C: p->c = 0; break;
    case SET_N: p->c = BLOCK; break;
    case SRC: p->a = p->home; break;
    case DST: p->b = p->away; break;
    case LOAD: p->r = soup[p->a & MASK]; break;
    case STORE: soup[p->b & MASK] = (uint8_t)p->r; break;
    case INC_A: p->a++; break;
    case INC_B: p->b++; break;
    case DEC_C: p->c--; break;
    case IFZ_C: if (p->c != 0) next++; break; /* skip unless zero */
    case BACK: next = p->ip - LOOP_BACK; break;
    case RESTART: next = p->home; break;
    default: break;
    }
    p->ip = next;
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    const uint64_t target = (argc > 1 ? strtoull(argv[1], NULL, 10) : 400u) * 1000000u;
    for (uint32_t i = 0; i < PROGRAMS; i++) {
        Cpu *p = &cpus[i];
        p->ip = p->home = i * 2u * BLOCK;
        p->away = p->home + BLOCK;
        for (uint32_t k = 0; k < sizeof program; k++) soup[p->home + k] = program[k];
    }
    const double begin = cpu_seconds();
    uint64_t done = 0;
    while (done < target) {
        for (uint32_t i = 0; i < PROGRAMS; i++) {
            for (uint32_t k = 0; k < TURN; k++) step(&cpus[i]);
            done += TURN;
        }
    }
    printf("%.0f\n", (double)done / (cpu_seconds() - begin));
    return soup[BLOCK] == program[0] ? 0 : 1; /* it has copied */
}
