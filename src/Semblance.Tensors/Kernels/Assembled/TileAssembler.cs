using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Assembles the innermost loop of products: some rows times one packed panel, two registers wide, with all sums in registers. Those of
/// bytes are the sums of <see cref="MatrixTile{TLanes, TElements, TRows}"/>, because sums of integers are exact; one of bfloat16 has the
/// same order for any number of rows.
/// </summary>
/// <remarks>
/// The code is a function of one argument, the address of a <see cref="TileArgument"/>. It changes only general registers that a function may
/// change on Windows and on Unix, and saves the vector registers that Windows wants saved. It calls nothing.
/// </remarks>
internal sealed class TileAssembler
{
    private const int Field = 8; // bytes of a field of the argument
    private const int FirstSaved = 6;
    private const int SavedRegisters = 10;
    private const int SavedBytes = 16;

    // The registers after those of the sums.
    private const int Ones = 15;
    private const int Product = 14;
    private const int Input256 = 13;
    private const int Weight256 = 12; // for MultiplyAdd256, weights stay in memory and this is a second product
    private const int Input512 = 26;
    private const int Weight512 = 24;

    private static readonly AssemblerRegister64 A = r11;
    private static readonly AssemblerRegister64 Stride = rax;
    private static readonly AssemblerRegister64 Panel = rdx;
    private static readonly AssemblerRegister64 Steps = rcx;
    private static readonly AssemblerRegister64 Argument = r10;

    // The addresses of every third row from row 0; the last one takes the place of the argument, which is on the stack.
    private static readonly AssemblerRegister64[] Bases = [A, r9, r8, Argument];

    private static readonly string[] Fields =
    [
        nameof(TileArgument.A), nameof(TileArgument.StrideA), nameof(TileArgument.Panel), nameof(TileArgument.Steps), nameof(TileArgument.C),
        nameof(TileArgument.StrideC),
    ];

    private readonly Assembler _code = new(64);
    private readonly TileInstruction _instruction;
    private readonly int _rows;
    private readonly bool _windows;

    private TileAssembler(TileInstruction instruction, int rows, bool windows) =>
        (_instruction, _rows, _windows) = (instruction, rows, windows);

    private int UsedBases => (_rows + 2) / 3;

    /// <summary>Returns the largest number of rows whose sums fit the registers.</summary>
    public static int MaxRows(TileInstruction instruction) => Is512(instruction) ? 12 : 6;

    /// <summary>Returns the size of a register in bytes.</summary>
    public static int RegisterBytes(TileInstruction instruction) => Is512(instruction) ? 64 : 32;

    /// <summary>Assembles the code for a number of rows.</summary>
    /// <param name="instruction">The instruction that multiplies.</param>
    /// <param name="rows">The number of rows, from 1 to <see cref="MaxRows"/>.</param>
    /// <param name="windows"><see langword="true"/> for the calling convention of Windows, <see langword="false"/> for Unix.</param>
    public static byte[] Assemble(TileInstruction instruction, int rows, bool windows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxRows(instruction));
        var assembler = new TileAssembler(instruction, rows, windows);
        assembler.Write();
        using var code = new MemoryStream();
        assembler._code.Assemble(new StreamCodeWriter(code), 0);
        return code.ToArray();
    }

    private void Write()
    {
        Begin();
        for (var sum = 0; sum < 2 * _rows; sum++)
        {
            Clear(sum);
        }

        var loop = _code.CreateLabel();
        _code.Label(ref loop);
        Step();
        _code.add(Panel, 2 * RegisterBytes(_instruction));
        for (var i = 0; i < UsedBases; i++)
        {
            _code.add(Bases[i], sizeof(int));
        }

        _code.dec(Steps);
        _code.jne(loop);
        End();
    }

    private void Begin()
    {
        _code.mov(Argument, _windows ? rcx : rdi);
        if (_windows)
        {
            _code.sub(rsp, SavedRegisters * SavedBytes);
            for (var i = 0; i < SavedRegisters; i++)
            {
                _code.vmovdqu(__xmmword_ptr[rsp + (i * SavedBytes)], new AssemblerRegisterXMM(Register.XMM0 + FirstSaved + i));
            }
        }

        _code.push(Argument);
        Load(A, nameof(TileArgument.A));
        Load(Stride, nameof(TileArgument.StrideA));
        Load(Panel, nameof(TileArgument.Panel));
        Load(Steps, nameof(TileArgument.Steps));
        for (var i = 1; i < UsedBases; i++)
        {
            _code.lea(Bases[i], __[Bases[i - 1] + (Stride * 2)]);
            _code.add(Bases[i], Stride);
        }

        if (_instruction == TileInstruction.MultiplyAdd256)
        {
            _code.vpcmpeqw(Ymm(Ones), Ymm(Ones), Ymm(Ones));
            _code.vpsrlw(Ymm(Ones), Ymm(Ones), 15);
        }
    }

    private void End()
    {
        _code.pop(Argument);
        Load(A, nameof(TileArgument.C));
        Load(Stride, nameof(TileArgument.StrideC));
        for (var row = 0; row < _rows; row++)
        {
            Store(0, 2 * row);
            Store(RegisterBytes(_instruction), (2 * row) + 1);
            _code.add(A, Stride);
        }

        _code.vzeroupper();
        if (_windows)
        {
            for (var i = 0; i < SavedRegisters; i++)
            {
                _code.vmovdqu(new AssemblerRegisterXMM(Register.XMM0 + FirstSaved + i), __xmmword_ptr[rsp + (i * SavedBytes)]);
            }

            _code.add(rsp, SavedRegisters * SavedBytes);
        }

        _code.ret();
    }

    private void Step()
    {
        switch (_instruction)
        {
            case TileInstruction.DotProduct512 or TileInstruction.BFloat16DotProduct512:
                _code.vmovdqu32(Zmm(Weight512), __zmmword_ptr[Panel]);
                _code.vmovdqu32(Zmm(Weight512 + 1), __zmmword_ptr[Panel + RegisterBytes(_instruction)]);
                for (var row = 0; row < _rows; row++)
                {
                    _code.vpbroadcastd(Zmm(Input512), __dword_ptr[RowAddress(row)]);
                    MultiplyAdd512(2 * row, Weight512);
                    MultiplyAdd512((2 * row) + 1, Weight512 + 1);
                }

                break;
            case TileInstruction.DotProduct256:
                _code.vmovdqu(Ymm(Weight256), __ymmword_ptr[Panel]);
                _code.vmovdqu(Ymm(Ones), __ymmword_ptr[Panel + RegisterBytes(_instruction)]);
                for (var row = 0; row < _rows; row++)
                {
                    _code.vpbroadcastd(Ymm(Input256), __dword_ptr[RowAddress(row)]);
                    _code.vpdpbusd(Ymm(2 * row), Ymm(Input256), Ymm(Weight256));
                    _code.vpdpbusd(Ymm((2 * row) + 1), Ymm(Input256), Ymm(Ones));
                }

                break;
            default:
                for (var row = 0; row < _rows; row++)
                {
                    _code.vpbroadcastd(Ymm(Input256), __dword_ptr[RowAddress(row)]);
                    MultiplyAdd(2 * row, Product, 0);
                    MultiplyAdd((2 * row) + 1, Weight256, RegisterBytes(_instruction));
                }

                break;
        }
    }

    private void MultiplyAdd512(int sum, int weight)
    {
        if (_instruction == TileInstruction.DotProduct512)
        {
            _code.vpdpbusd(Zmm(sum), Zmm(Input512), Zmm(weight));
        }
        else
        {
            _code.vdpbf16ps(Zmm(sum), Zmm(Input512), Zmm(weight));
        }
    }

    private void MultiplyAdd(int sum, int product, int offset)
    {
        _code.vpmaddubsw(Ymm(product), Ymm(Input256), __ymmword_ptr[Panel + offset]);
        _code.vpmaddwd(Ymm(product), Ymm(product), Ymm(Ones));
        _code.vpaddd(Ymm(sum), Ymm(sum), Ymm(product));
    }

    private static AssemblerMemoryOperand RowAddress(int row) => (row % 3) switch
    {
        0 => __[Bases[row / 3]],
        1 => __[Bases[row / 3] + Stride],
        _ => __[Bases[row / 3] + (Stride * 2)],
    };

    private void Clear(int sum)
    {
        if (Is512(_instruction))
        {
            _code.vpxord(Zmm(sum), Zmm(sum), Zmm(sum));
        }
        else
        {
            _code.vpxor(Ymm(sum), Ymm(sum), Ymm(sum));
        }
    }

    private void Store(int offset, int sum)
    {
        if (Is512(_instruction))
        {
            _code.vmovdqu32(__zmmword_ptr[A + offset], Zmm(sum));
        }
        else
        {
            _code.vmovdqu(__ymmword_ptr[A + offset], Ymm(sum));
        }
    }

    private void Load(AssemblerRegister64 register, string field) =>
        _code.mov(register, __qword_ptr[Argument + (Field * Array.IndexOf(Fields, field))]);

    private static bool Is512(TileInstruction instruction) =>
        instruction is TileInstruction.DotProduct512 or TileInstruction.BFloat16DotProduct512;

    private static AssemblerRegisterYMM Ymm(int index) => new(Register.YMM0 + index);

    private static AssemblerRegisterZMM Zmm(int index) => new(Register.ZMM0 + index);
}
